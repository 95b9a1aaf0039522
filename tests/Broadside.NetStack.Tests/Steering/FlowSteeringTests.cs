using Broadside.NetStack.Network;
using Broadside.NetStack.Steering;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tests.Network;

namespace Broadside.NetStack.Tests.Steering;

public sealed class FlowSteeringTests
{
    private const int Channels = 3;

    private readonly Random _random = new(8);
    private readonly FlowSteering _steering =
        new(Channels, new ToeplitzHash(ToeplitzHash.MicrosoftKey), new SteeringExceptions(4, new KeyedHash(1, 2)));

    [Fact]
    public void Flows_are_spread_evenly()
    {
        var counts = new int[Channels];
        for (var index = 0; index < 30_000; index++)
        {
            counts[_steering.OwnerOfSegment(Flows.Random(_random, index % 2 == 0), begins: true)]++;
        }

        // The table's 128 places are 43, 43 and 42 of the channels'.
        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void A_flow_that_was_given_away_is_no_longer_where_its_hash_says()
    {
        var flow = Flows.Random(_random);
        var home = _steering.Home(flow);
        var other = (home + 1) % Channels;
        Assert.True(_steering.Exceptions.TryAdd(flow, other));
        Assert.Equal((other, other), (_steering.OwnerOfSegment(flow, begins: false), _steering.OwnerOfSegment(flow, begins: true)));
        Assert.Equal((home, home), (_steering.OwnerOfDatagram(flow), _steering.Home(flow)));
        _steering.Exceptions.Remove(flow, home);
        Assert.Equal(other, _steering.OwnerOfSegment(flow, begins: false));
        _steering.Exceptions.Remove(flow, other);
        Assert.Equal(home, _steering.OwnerOfSegment(flow, begins: false));
    }

    [Fact]
    public void What_begins_at_a_port_goes_to_those_that_have_bound_it()
    {
        var any = (NetworkAddress)new IPv4Address(0);
        var flows = Enumerable.Range(0, 300).Select(_ => Flows.Random(_random) with { LocalPort = 80 }).ToArray();
        Assert.All(flows, flow => Assert.Equal(_steering.Home(flow), _steering.OwnerOfSegment(flow, begins: true)));
        _steering.Bindings.Add(InternetProtocol.Tcp, any, 80, 2);
        Assert.All(flows, flow => Assert.Equal(2, _steering.OwnerOfSegment(flow, begins: true)));
        Assert.All(flows, flow => Assert.Equal(_steering.Home(flow), _steering.OwnerOfSegment(flow, begins: false)));
        Assert.All(flows, flow => Assert.Equal(_steering.Home(flow), _steering.OwnerOfDatagram(flow)));
        _steering.Bindings.Add(InternetProtocol.Tcp, any, 80, 0);
        Assert.All(flows, flow => Assert.Equal(
            _steering.Home(flow) is 1 ? _steering.OwnerOfSegment(flow, begins: true) : _steering.Home(flow), _steering.OwnerOfSegment(flow, begins: true)));
        Assert.Equal([0, 2], flows.Select(flow => _steering.OwnerOfSegment(flow, begins: true)).Distinct().Order());
        _steering.Bindings.Remove(InternetProtocol.Tcp, any, 80, 2);
        _steering.Bindings.Remove(InternetProtocol.Tcp, any, 80, 0);
        Assert.False(_steering.Bindings.IsBound(InternetProtocol.Tcp, 80));
        Assert.All(flows, flow => Assert.Equal(_steering.Home(flow), _steering.OwnerOfSegment(flow, begins: true)));
    }

    [Fact]
    public void Datagrams_go_to_who_has_bound_the_port_at_the_address_or_at_any()
    {
        var flow = Flows.Random(_random);
        var other = (_steering.Home(flow) + 1) % Channels;
        _steering.Bindings.Add(InternetProtocol.Udp, flow.Local, flow.LocalPort, other);
        Assert.Equal(other, _steering.OwnerOfDatagram(flow));
        Assert.Equal(_steering.Home(flow), _steering.OwnerOfSegment(flow, begins: true));
    }

    [Fact]
    public void There_are_only_so_many_exceptions()
    {
        var flows = Enumerable.Range(0, 5).Select(_ => Flows.Random(_random)).ToArray();
        Assert.All(flows[..4], flow => Assert.True(_steering.Exceptions.TryAdd(flow, 0)));
        Assert.False(_steering.Exceptions.TryAdd(flows[0], 1));
        Assert.False(_steering.Exceptions.TryAdd(flows[4], 0));
        Assert.True(_steering.Exceptions.TryAdd(flows[0], 0));
        _steering.Exceptions.Remove(flows[0], 0);
        _steering.Exceptions.Remove(flows[0], 0);
        Assert.True(_steering.Exceptions.TryAdd(flows[4], 0));
    }

    [Fact]
    public void Rfc6056_a_port_can_be_chosen_that_brings_the_answers_home()
    {
        for (var channel = 0; channel < Channels; channel++)
        {
            var self = channel;
            var ports = new EphemeralPorts(new KeyedHash(3, 4), PortRange.Ephemeral, flow => _steering.Home(flow) == self);
            for (var attempt = 0; attempt < 100; attempt++)
            {
                Assert.True(ports.TryChoose(new IPv4Address(1), Flows.Address(_random, ipv6: false), 443, out var flow));
                Assert.Equal(channel, _steering.OwnerOfSegment(flow, begins: false));
            }
        }
    }
}
