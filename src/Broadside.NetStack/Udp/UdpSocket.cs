using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Udp;

/// <summary>A bound port, by <see cref="UdpLayer.TryBind"/>.</summary>
internal sealed class UdpSocket
{
    private readonly UdpLayer _layer;

    internal UdpSocket(UdpLayer layer, UdpEndpoint local, IUdpHandler handler)
    {
        _layer = layer;
        Local = local;
        Handler = handler;
    }

    public UdpEndpoint Local { get; }

    internal IUdpHandler Handler { get; }

    /// <summary>The longest payload that a datagram to an address can have.</summary>
    public static int MaximumLength(NetworkAddress remote) =>
        (remote.IsIPv4 ? IPv4Representation.MaximumPayloadLength : IPv6Representation.MaximumPayloadLength)
        - UdpRepresentation.HeaderLength;

    /// <summary>Sends a datagram, which is copied.</summary>
    /// <param name="bytes">The payload.</param>
    /// <param name="remote">The receiver.</param>
    /// <param name="now">The time.</param>
    /// <param name="from">Where a socket bound to any address sends from; null leaves the choice to the network layer.</param>
    public TransmitResult TrySend(ReadOnlySpan<byte> bytes, UdpEndpoint remote, TimeSpan now, NetworkAddress? from = null) =>
        _layer.TrySend(this, bytes, remote, now, from);

    public void Close() => _layer.Close(this);
}
