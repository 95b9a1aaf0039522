using System.Diagnostics.CodeAnalysis;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>What transports ask of the network layer below them.</summary>
internal interface INetwork
{
    /// <summary>Whether packets to the address are for this host.</summary>
    bool IsLocal(NetworkAddress address);

    /// <summary>Chooses the address that packets to another are sent from (RFC 6724); false if there is none.</summary>
    bool TrySelectSource(NetworkAddress remote, out NetworkAddress local);

    /// <summary>Finds how to reach an address.</summary>
    /// <param name="local">Where to send from; unspecified leaves the choice to the network layer (RFC 6724).</param>
    /// <param name="remote">Where to send to.</param>
    /// <param name="path">The way.</param>
    /// <returns>False if there is no route, or the local address is not this host's.</returns>
    bool TryFindPath(NetworkAddress local, NetworkAddress remote, [MaybeNullWhen(false)] out NetworkPath path);

    /// <summary>As <see cref="TryFindPath"/>, for strangers: nothing is remembered of them, and the path is good until the next call only.</summary>
    bool TryFindPassingPath(NetworkAddress local, NetworkAddress remote, [MaybeNullWhen(false)] out NetworkPath path);

    /// <summary>Sends a packet. Headers and payload are taken before the call returns, except as <see cref="Devices.PacketDevice.Completed"/> says.</summary>
    TransmitResult TrySend(NetworkPath path, in OutgoingPacket packet, TimeSpan now);

    /// <summary>Sends a packet to whoever it may be, as strangers are answered: nothing is remembered of them.</summary>
    TransmitResult TrySend(NetworkAddress local, NetworkAddress remote, in OutgoingPacket packet, TimeSpan now);

    /// <summary>Answers a packet that nobody here takes with port unreachable, within limits (RFC 1122 section 3.2.2, RFC 4443 section 2.4).</summary>
    void SendPortUnreachable(in IncomingPacket packet, TimeSpan now);
}
