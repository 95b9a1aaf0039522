namespace Broadside.NetStack.Network;

/// <summary>What the network layer counts besides the defects of packets. The values are small and dense.</summary>
internal enum NetworkCounter : byte
{
    /// <summary>Frames sent by this very station, as a loop in the network brings them back.</summary>
    OwnFrame,

    /// <summary>Frames for another station, or for a group this host is not in.</summary>
    FrameForOthers,

    /// <summary>Frames that carry another protocol.</summary>
    UnknownEtherType,

    /// <summary>Packets for another host: a host does not forward (RFC 1122 section 3.3.1.1).</summary>
    PacketForOthers,

    /// <summary>Packets from an address that none can come from: this host's own, or a group's.</summary>
    ImpossibleSource,

    /// <summary>Packets for one host in a frame for many (RFC 1122 section 3.3.6).</summary>
    UnicastInGroupFrame,

    /// <summary>Packets handed to a transport.</summary>
    Delivered,

    /// <summary>Packets of a protocol that nobody here speaks.</summary>
    UnknownProtocol,

    /// <summary>Fragments taken.</summary>
    Fragments,

    /// <summary>Datagrams that fragments made whole.</summary>
    Reassembled,

    /// <summary>Fragments that contradicted others or found no room.</summary>
    FragmentsDiscarded,

    /// <summary>Datagrams that were not whole in time.</summary>
    ReassemblyTimedOut,

    /// <summary>Packets sent, fragments counted one by one.</summary>
    Sent,

    /// <summary>Datagrams cut into fragments.</summary>
    Fragmented,

    /// <summary>Packets dropped because they are longer than their path carries.</summary>
    TooLong,

    /// <summary>Packets dropped for want of a route or of a source address.</summary>
    NoRoute,

    /// <summary>Packets dropped while the link was down.</summary>
    LinkDown,

    /// <summary>Packets that waited for a neighbor's address.</summary>
    AwaitedNeighbor,

    /// <summary>Packets dropped while they waited, for younger ones.</summary>
    DroppedWaiting,

    /// <summary>Packets whose neighbor did not answer.</summary>
    NeighborUnreachable,

    /// <summary>Neighbors forgotten to make room.</summary>
    NeighborEvicted,

    /// <summary>Echo requests answered.</summary>
    EchoAnswered,

    /// <summary>ICMP errors sent.</summary>
    ErrorSent,

    /// <summary>ICMP errors that must not be sent (RFC 1122 section 3.2.2, RFC 4443 section 2.4).</summary>
    ErrorForbidden,

    /// <summary>ICMP errors and echo replies not sent to keep within the rate.</summary>
    RateLimited,

    /// <summary>ICMP errors about packets that this host did not send, or of a protocol it does not speak.</summary>
    ErrorNotOurs,

    /// <summary>ICMP errors handed to a transport.</summary>
    ErrorReported,

    /// <summary>Others claimed an address of this host.</summary>
    AddressConflict,

    /// <summary>Packets to this host itself that found its queue full.</summary>
    LoopbackFull,

    /// <summary>Packets and errors handed on to other stacks with the same addresses.</summary>
    Steered,
}
