using Broadside.NetStack.Network;

namespace Broadside.NetStack.Udp;

/// <summary>Receives a socket's events, from within <see cref="UdpLayer.Process"/>.</summary>
internal interface IUdpHandler
{
    void OnReceived(UdpSocket socket, in UdpReceived datagram);

    /// <summary>Word of a datagram sent before (RFC 1122 section 4.1.3.3). Anybody on the way could have made it up.</summary>
    void OnError(UdpSocket socket, in DeliveryError error);
}
