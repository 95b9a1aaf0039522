using Broadside.NetStack.Network;
using Broadside.NetStack.Udp;

namespace Broadside.NetStack.Tests.Network;

[Collection(AllocationTests.Name)]
public sealed class NetworkAllocationTests
{
    private static readonly Arena Memory = new();

    private readonly Station _station = new(Station.Options() with { MaximumEchoRepliesPerSecond = int.MaxValue });

    public NetworkAllocationTests()
    {
        _station.Transport.IsRecording = false;
        _station.Introduce();
        _station.Device.IsRecording = false;
    }

    [Fact]
    public void Receiving_allocates_nothing()
    {
        byte[][] frames =
        [
            Frames.IPv4(InternetProtocol.Tcp, Frames.Bytes(1000)),
            Frames.IPv6(InternetProtocol.Tcp, Frames.Bytes(1000)),
            Frames.IPv4(InternetProtocol.Icmp, Frames.EchoRequest(1, Frames.Bytes(100))),
            Frames.IPv6(InternetProtocol.Icmpv6, Frames.EchoRequest6(1, Frames.Bytes(100), Station.Peer6, Station.Own6)),
            Frames.IPv4(InternetProtocol.Udp, new byte[64], header => header with { MoreFragments = true }),
            Frames.IPv4(InternetProtocol.Udp, new byte[64], header => header with { FragmentOffset = 64 }),
            Frames.Arp(ArpOperation.Request, Station.PeerMac, Station.Peer, default, Station.Own, MacAddress.Broadcast),
            Frames.Solicitation(Station.PeerMac, Station.Peer6, Station.Own6),
        ];
        AllocationTests.AssertNone(() =>
        {
            foreach (var frame in frames)
            {
                _station.Receive(frame);
            }
        });
        Assert.True(_station.Counters[NetworkCounter.Reassembled] > 0);
    }

    [Fact]
    public void Sending_allocates_nothing()
    {
        Assert.True(_station.Layer.TryFindPath(Station.Own, Station.Peer, out var path));
        Assert.True(_station.Layer.TryFindPath(Station.Own6, Station.Peer6, out var path6));
        Extent[] payload = [Memory.Allocate(700), Memory.Allocate(700)];
        var header = Frames.Bytes(32);
        var sent = 0;
        AllocationTests.AssertNone(() =>
        {
            var packet = new OutgoingPacket
            {
                Protocol = InternetProtocol.Tcp,
                TransportHeader = header,
                Payload = payload,
                PayloadLength = 1400,
                AllowsFragmentation = true,
            };
            sent += _station.Layer.TrySend(path, packet, _station.Now) == TransmitResult.Sent ? 1 : 0;
            sent += _station.Layer.TrySend(path6, packet, _station.Now) == TransmitResult.Sent ? 1 : 0;
            path.LowerMaximumTransmissionUnit(576, _station.Now);
            Assert.True(_station.Layer.TryFindPath(Station.Own, Station.Peer, out _));
        });
        Assert.True(sent > 0 && _station.Counters[NetworkCounter.Fragmented] > 0);
    }

    [Fact]
    public void Answering_strangers_and_this_host_itself_allocates_nothing()
    {
        var udp = new UdpLayer(_station.Layer, new Random(1));
        _station.Layer.Register(InternetProtocol.Udp, udp);
        Assert.Equal(BindResult.Bound, udp.TryBind(new(IPv4Address.Unspecified, 53), new Echo(), out var socket));
        uint host = 0;
        AllocationTests.AssertNone(() =>
        {
            _station.Receive(Frames53);
            socket!.TrySend(Payload, new(new IPv4Address(0x0A_09_00_00 + (host++ % 200)), 9), _station.Now);
            socket.TrySend(Payload, socket.Local with { Address = Station.Own }, _station.Now);
            _station.Layer.ProcessLoopback(_station.Now);
        });
        Assert.True(udp.Counters.Received > 0);
    }

    private static readonly byte[] Payload = Frames.Bytes(100);
    private static readonly byte[] Frames53 =
        Frames.IPv4(InternetProtocol.Udp, Frames.Udp(Station.Peer, Station.Own, Payload));

    private sealed class Echo : IUdpHandler
    {
        public void OnReceived(UdpSocket socket, in UdpReceived datagram)
        {
            if (datagram.Source.Port != 53)
            {
                socket.TrySend(datagram.Bytes, datagram.Source, TimeSpan.FromSeconds(200), datagram.Destination.Address);
            }
        }

        public void OnError(UdpSocket socket, in DeliveryError error)
        {
        }
    }
}
