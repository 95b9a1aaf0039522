namespace Broadside.NetStack.Wire;

/// <summary>What reassembly may hold. At a limit the oldest unfinished datagrams give way.</summary>
internal sealed record ReassemblyLimits
{
    /// <summary>How many unfinished datagrams are held.</summary>
    public int MaximumDatagrams { get; init; } = 64;

    /// <summary>How many fragments a datagram may have: 64 KiB arrive in 128 where the link's MTU is 576.</summary>
    public int MaximumFragments { get; init; } = 128;

    /// <summary>How many bytes of fragments are held.</summary>
    public int MaximumBytes { get; init; } = 1 << 20;

    /// <summary>How long a datagram may take from its first fragment on (RFC 1122 section 3.3.2, RFC 8200 section 4.5).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}
