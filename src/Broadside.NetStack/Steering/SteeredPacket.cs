using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Steering;

/// <summary>A whole IP packet on its way to the channel that owns it, with what the device said of it.</summary>
internal readonly ref struct SteeredPacket
{
    /// <summary>The packet from its IP header on.</summary>
    public required ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>Whether the transport's checksum is still to be checked.</summary>
    public ChecksumValidation Validation { get; init; }

    /// <summary>Where several TCP segments were joined into one, how much payload each had; else zero.</summary>
    public int SegmentSize { get; init; }

    /// <summary>Whether the frame was sent to a broadcast or multicast address of the link.</summary>
    public bool IsLinkGroup { get; init; }
}
