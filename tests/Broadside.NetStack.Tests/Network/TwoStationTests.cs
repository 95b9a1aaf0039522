using Broadside.NetStack.Network;

namespace Broadside.NetStack.Tests.Network;

/// <summary>Two network layers on a wire.</summary>
public sealed class TwoStationTests
{
    private readonly Station _left = new();

    private readonly Station _right = new(
        new()
        {
            Addresses = [new(Station.Peer, 24), new(Station.Peer6, 64)],
            DuplicateAddressDetectionTransmits = 0,
            Random = new Random(Station.Seed),
        },
        Station.PeerMac);

    [Theory]
    [InlineData(0)]
    [InlineData(56)]
    [InlineData(1472)]
    [InlineData(1473)]
    [InlineData(5000)]
    public void They_ping_each_other_over_IPv4(int length)
    {
        var data = Frames.Bytes(length);
        Assert.Equal(TransmitResult.Sent, Ping(Station.Peer, Frames.EchoRequest(1, data), InternetProtocol.Icmp));
        Carry();
        Assert.Equal(data, Assert.Single(_left.Transport.Packets).Payload[Icmpv4Representation.HeaderLength..]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1452)]
    [InlineData(1453)]
    [InlineData(5000)]
    public void They_ping_each_other_over_IPv6(int length)
    {
        var data = Frames.Bytes(length);
        var request = Frames.EchoRequest6(1, data, Station.Own6, Station.Peer6);
        Assert.Equal(TransmitResult.Sent, Ping(Station.Peer6, request, InternetProtocol.Icmpv6));
        Carry();
        Assert.Equal(data, Assert.Single(_left.Transport.Packets).Payload[Icmpv6Representation.HeaderLength..]);
    }

    [Fact]
    public void The_largest_datagram_arrives_whole_once_they_know_each_other()
    {
        Ping(Station.Peer, Frames.EchoRequest(1, []), InternetProtocol.Icmp);
        Carry();
        _left.Transport.Packets.Clear();
        var data = Frames.Bytes(IPv4Representation.MaximumPayloadLength - Icmpv4Representation.HeaderLength);
        Ping(Station.Peer, Frames.EchoRequest(2, data), InternetProtocol.Icmp);
        Carry();
        Assert.Equal(data, Assert.Single(_left.Transport.Packets).Payload[Icmpv4Representation.HeaderLength..]);
        Assert.True(_left.Counters[NetworkCounter.Fragmented] > 0 && _left.Counters[NetworkCounter.Reassembled] > 0);
    }

    private TransmitResult Ping(NetworkAddress to, byte[] message, InternetProtocol protocol) =>
        _left.Send(to, message, allowsFragmentation: true, protocol);

    private void Carry()
    {
        while (_left.Sent.Count + _right.Sent.Count > 0)
        {
            foreach (var frame in _left.Take())
            {
                _right.Receive(frame);
            }

            foreach (var frame in _right.Take())
            {
                _left.Receive(frame);
            }
        }
    }
}
