using Broadside.NetStack.Devices;
using Broadside.NetStack.Network;
using Broadside.NetStack.Steering;
using Broadside.NetStack.Tests.Network;

namespace Broadside.NetStack.Tests.Steering;

[Collection(AllocationTests.Name)]
public sealed class SharingDeviceTests : IDisposable
{
    private const int Channels = 3;

    private readonly Random _random = new(5);
    private readonly ReceivedFrame[] _burst = new ReceivedFrame[64];
    private readonly SteeringGroup _group;
    private readonly SharingDevice _keeper;
    private readonly PacketDevice[] _devices;

    public SharingDeviceTests()
    {
        _group = new SteeringGroup(() => new RecordingDevice(default, linkLayer: LinkLayer.None));
        var members = Enumerable.Range(0, Channels).Select(_ => _group.Add()).ToArray();
        var arena = new Arena(new ArenaOptions());
        _devices = [.. members.Select(member => member.OpenDevice(arena))];
        _keeper = (SharingDevice)_devices[0];
    }

    [Fact]
    public void Every_flow_reaches_its_owner_only_and_in_order()
    {
        var flows = Enumerable.Range(0, 500).Select(index => Flows.Random(_random, index % 2 == 0)).ToArray();
        var sent = new uint[flows.Length];
        var received = new uint[flows.Length];
        for (var round = 0; round < 20; round++)
        {
            for (var count = 0; count < 500; count++)
            {
                var index = _random.Next(flows.Length);
                var isForwarded = Forward(flows[index], InternetProtocol.Tcp, (uint)index, ++sent[index]);
                Assert.Equal(_group.Steering.Home(flows[index]) != 0, isForwarded);
                received[index] += isForwarded ? 0U : 1;
            }

            for (var channel = 1; channel < Channels; channel++)
            {
                Drain(channel, received);
            }
        }

        Assert.Equal(sent, received);
        Assert.Equal(0, _keeper.Dropped);
        Assert.Equal(Channels, flows.Select(flow => _group.Steering.Home(flow)).Distinct().Count());

        void Drain(int channel, uint[] received)
        {
            for (var count = _devices[channel].Receive(_burst); count > 0; count = _devices[channel].Receive(_burst))
            {
                foreach (var frame in _burst.AsSpan(0, count))
                {
                    var payload = frame.Bytes[(frame.Bytes[0] >> 4 == 4 ? 20 : 40)..];
                    var index = (int)payload.ReadUInt32(4);
                    Assert.Equal(channel, _group.Steering.Home(flows[index]));
                    Assert.Equal(++received[index], payload.ReadUInt32(8));
                }
            }
        }
    }

    [Fact]
    public void What_finds_no_room_is_counted()
    {
        var flow = FlowOf(channel: 1);
        var forwarded = 0;
        while (_keeper.Dropped == 0)
        {
            Assert.True(Forward(flow, InternetProtocol.Udp, 0, 0));
            forwarded++;
        }

        var received = 0;
        for (var count = _devices[1].Receive(_burst); count > 0; count = _devices[1].Receive(_burst))
        {
            received += count;
        }

        Assert.Equal(forwarded, received + _keeper.Dropped);
        Assert.Equal(0, _devices[2].Receive(_burst));
    }

    [Theory]
    [InlineData(false, nameof(DeliveryErrorKind.TooBig))]
    [InlineData(false, nameof(DeliveryErrorKind.Refused))]
    [InlineData(true, nameof(DeliveryErrorKind.TooBig))]
    [InlineData(true, nameof(DeliveryErrorKind.Unreachable))]
    public void Errors_reach_the_owner_of_the_packet_they_are_about(bool ipv6, string name)
    {
        var kind = Enum.Parse<DeliveryErrorKind>(name);
        var local = ipv6 ? (NetworkAddress)new IPv6Address(0x2001_0DB8_0000_0000, 1) : new IPv4Address(0x0A09_0002);
        var flow = FlowOf(channel: 2, ipv6) with { Local = local };
        _group.Steering.Bindings.Add(InternetProtocol.Udp, local, flow.LocalPort, 2);
        var quote = new byte[(ipv6 ? 40 : 20) + 8];
        PacketHeader.Write(quote, flow.Local, flow.Remote, InternetProtocol.Udp, default, 8);
        quote.WriteUInt16(quote.Length - 8, flow.LocalPort);
        quote.WriteUInt16(quote.Length - 6, flow.RemotePort);
        Assert.True(ipv6 ? QuotedPacket.TryParseIPv6(quote, out var about, out _) : QuotedPacket.TryParseIPv4(quote, out about, out _));
        var error = new DeliveryError { Kind = kind, Packet = about, MaximumTransmissionUnit = kind == DeliveryErrorKind.TooBig ? 1300 : 0 };
        Assert.True(_keeper.TryForward(error));
        Assert.Equal(0, _devices[1].Receive(_burst));
        Assert.Equal(1, _devices[2].Receive(_burst));
        var heard = new List<DeliveryError>();
        var network = new NetworkLayer(
            _devices[2], new NetworkOptions { Addresses = [new NetworkPrefix(local, ipv6 ? 64 : 24)], IsSteered = true });
        network.Register(InternetProtocol.Udp, new Listener(heard));
        network.Process(_burst[0], TimeSpan.Zero);
        Assert.Equal([error], heard);
    }

    [Fact]
    public void Handing_packets_on_allocates_nothing()
    {
        var flow = FlowOf(channel: 1);
        var received = 0;
        AllocationTests.AssertNone(() =>
        {
            Forward(flow, InternetProtocol.Tcp, 0, 0);
            _keeper.Notify();
            received += _devices[1].Receive(_burst);
        });
        Assert.True(received > 0);
    }

    [Fact]
    public void A_device_that_fails_fails_for_all()
    {
        _group.Fail(new DeviceFailedException("Gone on purpose."));
        Assert.Throws<DeviceFailedException>(() => _devices[1].Receive(_burst));
        Assert.Throws<DeviceFailedException>(() => _group.Open(_group.Add(), new Arena(new ArenaOptions())));
    }

    public void Dispose() => Array.ForEach(_devices, device => device.Dispose());

    private Flow FlowOf(int channel, bool ipv6 = false)
    {
        while (true)
        {
            var flow = Flows.Random(_random, ipv6);
            if (_group.Steering.Home(flow) == channel)
            {
                return flow;
            }
        }
    }

    private bool Forward(in Flow flow, InternetProtocol protocol, uint index, uint number)
    {
        Span<byte> payload = stackalloc byte[TcpSegment.MinimumHeaderLength];
        payload.Clear();
        payload.WriteUInt16(0, flow.RemotePort);
        payload.WriteUInt16(2, flow.LocalPort);
        payload.WriteUInt32(4, index);
        payload.WriteUInt32(8, number);
        return _keeper.TryForward(new IncomingPacket
        {
            Source = flow.Remote,
            Destination = flow.Local,
            Protocol = protocol,
            Payload = payload,
        });
    }

    private sealed class Listener(List<DeliveryError> heard) : ITransport
    {
        public void Process(in IncomingPacket packet, TimeSpan now)
        {
        }

        public void ProcessError(in DeliveryError error, TimeSpan now) => heard.Add(error);
    }
}
