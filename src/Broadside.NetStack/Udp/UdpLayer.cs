using System.Diagnostics.CodeAnalysis;
using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Udp;

/// <summary>UDP (RFC 768, RFC 1122 section 4.1): the ports that are bound, and who gets which datagram.</summary>
internal sealed class UdpLayer(
    INetwork network, Random random, int maximumSockets = UdpLayer.DefaultMaximumSockets, IFlowOwnership? ownership = null) : ITransport
{
    public const int DefaultMaximumSockets = 4096;

    // RFC 6335 section 6: the dynamic ports.
    private const int FirstEphemeralPort = 49152;
    private const int EphemeralPorts = ushort.MaxValue + 1 - FirstEphemeralPort;

    private readonly Dictionary<UdpEndpoint, UdpSocket> _sockets = [];
    private readonly RecentPeers _peers = new(KeyedHash.Create(random));
    private readonly byte[] _datagram = new byte[ushort.MaxValue];

    public UdpCounters Counters { get; } = new();

    public int Count => _sockets.Count;

    /// <summary>
    /// Binds a port of one address, or of any address of a family if it is unspecified; port zero is one that nobody foresees. Nobody
    /// else can bind the same; who binds one address gets its datagrams before who binds any.
    /// </summary>
    public BindResult TryBind(UdpEndpoint local, IUdpHandler handler, out UdpSocket? socket)
    {
        socket = null;
        if (!local.Address.IsUnspecified && !network.IsLocal(local.Address))
        {
            return BindResult.AddressNotLocal;
        }

        if (_sockets.Count >= maximumSockets || (local.Port == 0 && !TryFindPort(ref local)))
        {
            return BindResult.Exhausted;
        }

        socket = new(this, local, handler);
        if (_sockets.TryAdd(local, socket))
        {
            ownership?.Bind(InternetProtocol.Udp, local.Address, local.Port);
            return BindResult.Bound;
        }

        socket = null;
        return BindResult.InUse;
    }

    public void Process(in IncomingPacket packet, TimeSpan now)
    {
        var pseudoHeader = PseudoHeader.Between(packet.Source, packet.Destination, InternetProtocol.Udp);
        if (!UdpDatagram.TryParse(packet.Payload, out var datagram, out var defect)
            || !UdpRepresentation.TryParse(datagram, pseudoHeader, packet.Validation, out var header, out defect))
        {
            Counters.Refuse(defect);
            return;
        }

        // RFC 8200 section 8.1, whoever was to check it.
        if (!datagram.HasChecksum && !packet.Source.IsIPv4)
        {
            Counters.Refuse(PacketDefect.BadChecksum);
            return;
        }

        var destination = new UdpEndpoint(packet.Destination, header.DestinationPort);
        if (!TryFind(destination, out var socket))
        {
            Counters.NoSocket++;
            network.SendPortUnreachable(packet, now);
            return;
        }

        Counters.Received++;
        socket.Handler.OnReceived(socket, new UdpReceived
        {
            Bytes = datagram.Payload,
            Source = new(packet.Source, header.SourcePort),
            Destination = destination,
            Ecn = packet.Ecn,
        });
    }

    public void ProcessError(in DeliveryError error, TimeSpan now)
    {
        var packet = error.Packet;
        if (!TryFind(new(packet.SourceAddress, packet.SourcePort), out var socket))
        {
            return;
        }

        // Over IPv4 datagrams are sent for routers to cut, so that none can have said this. Over IPv6 the limit is never below 1,280,
        // which bounds what a forger gains; and who was sent nothing lately has no path to tell of (RFC 8201 section 4).
        if (error.Kind == DeliveryErrorKind.TooBig
            && !packet.SourceAddress.IsIPv4
            && _peers.Contains(packet.SourcePort, new(packet.DestinationAddress, packet.DestinationPort), now)
            && network.TryFindPath(packet.SourceAddress, packet.DestinationAddress, out var path))
        {
            path.LowerMaximumTransmissionUnit(error.MaximumTransmissionUnit, now);
        }

        Counters.ErrorsReported++;
        socket.Handler.OnError(socket, error);
    }

    internal TransmitResult TrySend(
        UdpSocket socket, ReadOnlySpan<byte> bytes, UdpEndpoint remote, TimeSpan now, NetworkAddress? from)
    {
        var result = TrySelectSource(socket, remote, from, out var local) && bytes.Length <= UdpSocket.MaximumLength(remote.Address)
            ? Send(bytes, new(local, socket.Local.Port), remote, now)
            : TransmitResult.Dropped;
        if (result == TransmitResult.Sent)
        {
            Counters.Sent++;
        }
        else
        {
            Counters.NotSent++;
        }

        return result;
    }

    internal void Close(UdpSocket socket)
    {
        if (_sockets.TryGetValue(socket.Local, out var bound) && bound == socket)
        {
            _sockets.Remove(socket.Local);
            ownership?.Unbind(InternetProtocol.Udp, socket.Local.Address, socket.Local.Port);
        }
    }

    private TransmitResult Send(ReadOnlySpan<byte> bytes, UdpEndpoint local, UdpEndpoint remote, TimeSpan now)
    {
        var datagram = _datagram.AsSpan(0, UdpRepresentation.HeaderLength + bytes.Length);
        bytes.CopyTo(datagram[UdpRepresentation.HeaderLength..]);
        var pseudoHeader = PseudoHeader.Between(local.Address, remote.Address, InternetProtocol.Udp);
        new UdpRepresentation(local.Port, remote.Port).Emit(datagram, pseudoHeader, PayloadSum.Of(bytes));
        _peers.OnSent(local, remote, now);
        var packet = new OutgoingPacket { Protocol = InternetProtocol.Udp, TransportHeader = datagram, AllowsFragmentation = true };
        return network.TrySend(local.Address, remote.Address, packet, now);
    }

    private bool TrySelectSource(UdpSocket socket, UdpEndpoint remote, NetworkAddress? from, out NetworkAddress local)
    {
        local = socket.Local.Address.IsUnspecified && from is { } chosen ? chosen : socket.Local.Address;
        return remote.Port != 0
            && !remote.Address.IsUnspecified
            && local.IsIPv4 == remote.Address.IsIPv4
            && (!local.IsUnspecified || network.TrySelectSource(remote.Address, out local));
    }

    private bool TryFind(UdpEndpoint local, [MaybeNullWhen(false)] out UdpSocket socket)
    {
        NetworkAddress any = local.Address.IsIPv4 ? IPv4Address.Unspecified : IPv6Address.Unspecified;
        return _sockets.TryGetValue(local, out socket) || _sockets.TryGetValue(local with { Address = any }, out socket);
    }

    // RFC 6056 section 3.3.1: from a random port on, the first that is free.
    private bool TryFindPort(ref UdpEndpoint local)
    {
        var start = random.Next(EphemeralPorts);
        for (var tried = 0; tried < EphemeralPorts; tried++)
        {
            local = local with { Port = (ushort)(FirstEphemeralPort + ((start + tried) % EphemeralPorts)) };
            if (!_sockets.ContainsKey(local) && ownership?.IsBound(InternetProtocol.Udp, local.Port) is not true)
            {
                return true;
            }
        }

        return false;
    }
}
