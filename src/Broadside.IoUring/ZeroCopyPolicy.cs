namespace Broadside.IoUring;

/// <summary>Under <see cref="LargeRecordStrategy.ZeroCopy"/>: which connections send large records without copying.</summary>
public enum ZeroCopyPolicy
{
    /// <summary>Those where it saves time: a connection over which the kernel had to copy after all (on loopback and veth it must) goes on by copying.</summary>
    Throughput,

    /// <summary>All: where the kernel copies, it does so at delivery, so that bytes waiting to be sent take no memory of their own.</summary>
    Memory,
}
