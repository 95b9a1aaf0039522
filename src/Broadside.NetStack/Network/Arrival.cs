using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>How a packet came.</summary>
internal readonly record struct Arrival(TimeSpan Now)
{
    public ChecksumValidation Validation { get; init; }

    public int SegmentSize { get; init; }

    /// <summary>Whether the frame was for many stations.</summary>
    public bool IsLinkGroup { get; init; }

    /// <summary>The station that sent the frame; of no meaning without Ethernet.</summary>
    public MacAddress LinkSource { get; init; }

    /// <summary>Whether this host sent it to itself, or another of its stacks has checked it.</summary>
    public bool IsLoopback { get; init; }
}
