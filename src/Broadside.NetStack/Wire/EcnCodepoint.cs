namespace Broadside.NetStack.Wire;

/// <summary>The ECN field of an IP header (RFC 3168 section 5).</summary>
internal enum EcnCodepoint : byte
{
    /// <summary>The transport does not understand congestion marks.</summary>
    NotEcnCapable = 0,

    /// <summary>ECT(1).</summary>
    EcnCapable1 = 1,

    /// <summary>ECT(0), which senders use (RFC 8311).</summary>
    EcnCapable0 = 2,

    /// <summary>A router marked the packet where it would otherwise have dropped it.</summary>
    CongestionExperienced = 3,
}
