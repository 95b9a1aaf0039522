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
            counts[_steering.Owner(Tcp(Flows.Random(_random, index % 2 == 0)))]++;
        }

        // The table's 128 places are 43, 43 and 42 of the channels'.
        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void A_table_says_whose_a_hash_is()
    {
        var hash = new ToeplitzHash(ToeplitzHash.MicrosoftKey);
        var table = new byte[FlowSteering.TableLength];
        _random.NextBytes(table);
        var steering = new FlowSteering(table, hash, new SteeringExceptions(1, default));
        for (var index = 0; index < 100; index++)
        {
            var flow = Flows.Random(_random);
            Assert.Equal(table[hash.OfFlow(flow) & 127], steering.Owner(Tcp(flow)));
            Assert.Equal(table[hash.OfAddresses(flow.Remote, flow.Local) & 127], steering.Owner(flow.Remote, flow.Local));
        }
    }

    [Fact]
    public void A_flow_that_was_given_away_is_no_longer_where_its_hash_says()
    {
        var flow = Tcp(Flows.Random(_random));
        var home = _steering.Home(flow.Flow);
        var other = (home + 1) % Channels;
        Assert.True(_steering.Exceptions.TryAdd(flow, other));
        Assert.Equal(other, _steering.Owner(flow));
        Assert.Equal(home, _steering.Owner(flow with { Protocol = InternetProtocol.Udp }));
        Assert.Equal(home, _steering.Home(flow.Flow));
        _steering.Exceptions.Remove(flow);
        Assert.Equal(home, _steering.Owner(flow));
    }

    [Fact]
    public void A_port_that_one_channel_listens_on_has_all_its_flows_there_but_those_given_away_themselves()
    {
        Assert.True(_steering.Exceptions.TryAdd(SteeredFlow.ToPort(InternetProtocol.Tcp, 80), 2));
        var flows = Enumerable.Range(0, 100).Select(_ => Tcp(Flows.Random(_random) with { LocalPort = 80 })).ToArray();
        Assert.All(flows, flow => Assert.Equal(2, _steering.Owner(flow)));
        Assert.True(_steering.Exceptions.TryAdd(flows[0], 1));
        Assert.Equal(1, _steering.Owner(flows[0]));
        Assert.Contains(flows, flow => _steering.Owner(Tcp(flow.Flow with { LocalPort = 81 })) != 2);
    }

    [Fact]
    public void There_are_only_so_many_exceptions()
    {
        var flows = Enumerable.Range(0, 5).Select(_ => Tcp(Flows.Random(_random))).ToArray();
        Assert.All(flows[..4], flow => Assert.True(_steering.Exceptions.TryAdd(flow, 0)));
        Assert.False(_steering.Exceptions.TryAdd(flows[0], 1));
        Assert.False(_steering.Exceptions.TryAdd(flows[4], 0));
        _steering.Exceptions.Remove(flows[0]);
        _steering.Exceptions.Remove(flows[0]);
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
                Assert.Equal(channel, _steering.Owner(Tcp(flow)));
            }
        }
    }

    private static SteeredFlow Tcp(Flow flow) => new(InternetProtocol.Tcp, flow);
}
