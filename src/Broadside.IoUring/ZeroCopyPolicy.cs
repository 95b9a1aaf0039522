namespace Broadside.IoUring;

/// <summary>When sends leave the bytes where they are instead of copying them into the kernel.</summary>
public enum ZeroCopyPolicy
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>Where it saves time: a connection over which the kernel had to copy after all (on loopback and veth it must) goes on by copying.</summary>
    Throughput,

    /// <summary>Always: where the kernel copies, it does so at delivery, so that bytes waiting to be sent take no memory of their own.</summary>
    Memory,
}
