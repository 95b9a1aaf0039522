using System.Net;
using Broadside.NetStack.Network;
using Broadside.NetStack.Udp;
using Broadside.NetStack.Wire;
using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Shim;

/// <summary>A UDP socket.</summary>
internal sealed class DatagramSocket(StackSockets sockets) : StackSocket, IUdpHandler
{
    private const int MaximumQueued = 1000;

    private readonly Queue<byte[]> _received = new();
    private UdpSocket? _socket;
    private UdpEndpoint? _remote;
    private Errno _error;

    public override int ReceiveQueueLength => _received.TryPeek(out var datagram) ? datagram.Length : 0;

    public override SocketResult Bind(IPEndPoint local) =>
        _socket is not null ? Errno.EINVAL
        : sockets.Stack.Udp.TryBind(EndpointOf(local), this, out _socket) switch
        {
            BindResult.Bound => SocketResult.Success,
            BindResult.InUse => Errno.EADDRINUSE,
            BindResult.AddressNotLocal => Errno.EADDRNOTAVAIL,
            _ => Errno.ENOBUFS,
        };

    // A connected socket has one local address and hears from its peer only (RFC 1122 section 4.1.3.5).
    public override SocketResult Connect(IPEndPoint remote)
    {
        var result = _socket is null ? Bind(new(sockets.Settings.LocalAddress, 0)) : SocketResult.Success;
        if (!result.IsError)
        {
            _remote = EndpointOf(remote);
        }

        return result;
    }

    public override SocketResult Send(ReadOnlySpan<byte> bytes, bool more) => SendTo(bytes, null);

    public override SocketResult SendTo(ReadOnlySpan<byte> bytes, IPEndPoint? remote)
    {
        if (TakeError() is var error and not Errno.None)
        {
            return error;
        }

        var bound = _socket is null ? Bind(new(sockets.Settings.LocalAddress, 0)) : SocketResult.Success;
        if (bound.IsError || (remote is null && _remote is null))
        {
            return bound.IsError ? bound : Errno.EDESTADDRREQ;
        }

        var destination = remote is null ? _remote!.Value : EndpointOf(remote);
        return bytes.Length > UdpSocket.MaximumLength(destination.Address) ? Errno.EMSGSIZE
            : _socket!.TrySend(bytes, destination, sockets.Now) == TransmitResult.Sent ? new SocketResult(bytes.Length)
            : Errno.ENOBUFS;
    }

    public override SocketResult Receive(Span<byte> bytes, bool peek)
    {
        if (TakeError() is var error and not Errno.None)
        {
            return error;
        }

        if (!_received.TryPeek(out var datagram))
        {
            return Errno.EAGAIN;
        }

        var length = Math.Min(bytes.Length, datagram.Length);
        datagram.AsSpan(0, length).CopyTo(bytes);
        if (!peek)
        {
            _received.Dequeue();
        }

        return new SocketResult(length);
    }

    public override void Close() => _socket?.Close();

    public override SocketResult SetOption(SocketOption option, int value) => option switch
    {
        SocketOption.ReuseAddress or SocketOption.ReceiveBuffer or SocketOption.SendBuffer => SocketResult.Success,
        _ => throw new NotSupportedException($"{option} of a UDP socket"),
    };

    public override Errno TakeError()
    {
        var error = _error;
        _error = Errno.None;
        return error;
    }

    public override PollEvents Poll() =>
        PollEvents.Out
        | (_received.Count > 0 ? PollEvents.In : PollEvents.None)
        | (_error == Errno.None ? PollEvents.None : PollEvents.Error);

    public void OnReceived(UdpSocket socket, in UdpReceived datagram)
    {
        if (_received.Count < MaximumQueued && (_remote is null || _remote == datagram.Source))
        {
            _received.Enqueue(datagram.Bytes.ToArray());
        }
    }

    // RFC 1122 section 4.1.3.3: errors are told to who is connected to where they stem from.
    public void OnError(UdpSocket socket, in DeliveryError error)
    {
        if (_remote == new UdpEndpoint(error.Packet.DestinationAddress, error.Packet.DestinationPort))
        {
            _error = ErrorOf(error.Kind);
        }
    }

    private static UdpEndpoint EndpointOf(IPEndPoint endpoint) => new(NetworkAddress.From(endpoint.Address), (ushort)endpoint.Port);
}
