namespace Broadside.NetStack.Network;

/// <summary>What is known of a neighbor (RFC 4861 section 7.3.2; ARP's are kept in the same way).</summary>
internal enum NeighborState : byte
{
    /// <summary>Its link-layer address is being asked for.</summary>
    Incomplete,

    /// <summary>It was heard of a moment ago.</summary>
    Reachable,

    /// <summary>It was there once; what is sent to it is sent in hope.</summary>
    Stale,

    /// <summary>Something was sent in hope: a transport may yet say that it arrived.</summary>
    Delay,

    /// <summary>It is being asked whether it is still there.</summary>
    Probe,
}
