namespace Broadside.NetStack.Wire;

/// <summary>What became of a fragment.</summary>
internal enum FragmentOutcome : byte
{
    /// <summary>It is held until the others come.</summary>
    Held,

    /// <summary>It was the last one missing: the datagram is whole.</summary>
    Completed,

    /// <summary>The very same fragment is held already.</summary>
    Duplicate,

    /// <summary>It contradicts others: its datagram is given up, with all of its fragments still to come (RFC 5722 section 4).</summary>
    Overlapping,

    /// <summary>It belongs to a datagram that was given up.</summary>
    Discarded,

    /// <summary>Its datagram has more fragments or longer headers than are held, and is given up.</summary>
    LimitReached,

    /// <summary>Some fragments were marked for congestion and others not capable of it, as no path does (RFC 3168 section 5.3).</summary>
    InconsistentEcn,
}
