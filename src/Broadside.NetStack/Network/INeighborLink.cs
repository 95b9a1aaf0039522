using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>What the <see cref="NeighborCache"/> has others do.</summary>
internal interface INeighborLink
{
    /// <summary>Asks who has an address: everybody, or, to see whether it is still there, the neighbor itself.</summary>
    void Solicit(NetworkAddress neighbor, MacAddress? heldTo, TimeSpan now);

    /// <summary>Sends a packet that waited, behind room for its link header.</summary>
    void Transmit(Span<byte> frame, MacAddress destination);

    /// <summary>Nobody answered for the neighbor of a packet that waited.</summary>
    void Fail(ReadOnlySpan<byte> frame, TimeSpan now);
}
