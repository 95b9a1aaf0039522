using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tests.Network;

namespace Broadside.NetStack.Tests.Tcp;

public sealed class EphemeralPortTests
{
    private static readonly NetworkAddress Local = new IPv4Address(0x0A00_0001);
    private static readonly NetworkAddress Remote = new IPv4Address(0x0A00_0002);
    private readonly HashSet<Flow> _used = [];

    [Fact]
    public void Rfc6056_section_3_3_4_ports_to_one_endpoint_come_each_in_turn()
    {
        var range = new PortRange(50_000, 50_099);
        var ports = Create(range, _ => true);
        var chosen = Enumerable.Range(0, 300).Select(_ => Choose(ports)!.Value.LocalPort).ToArray();
        Assert.Equal(100, chosen[..100].Distinct().Count());
        Assert.All(chosen, port => Assert.InRange(port, range.First, range.Last));
        Assert.Equal(chosen[..100], chosen[100..200]);
    }

    [Fact]
    public void Rfc6056_section_3_3_4_the_first_port_differs_from_endpoint_to_endpoint()
    {
        var ports = Create(PortRange.Ephemeral, _ => true);
        var random = new Random(9);
        var chosen = Enumerable.Range(0, 1_000).Select(_ =>
        {
            Assert.True(ports.TryChoose(Local, Flows.Address(random, ipv6: true), 443, out var flow));
            return flow.LocalPort;
        }).ToArray();
        Assert.True(chosen.Distinct().Count() > 950);
        Assert.InRange(chosen.Average(port => port), 45_500, 48_300);
    }

    [Fact]
    public void Ports_in_use_are_passed_over_until_none_is_left()
    {
        var ports = Create(new PortRange(1, 65_535), flow => !_used.Contains(flow));
        for (var count = 0; count < 65_535; count++)
        {
            Assert.True(_used.Add(Choose(ports)!.Value));
        }

        Assert.Null(Choose(ports));
        var freed = _used.First();
        _used.Remove(freed);
        Assert.Equal(freed, Choose(ports));
        Assert.True(ports.TryChoose(Local, Remote, 81, out _));
    }

    [Fact]
    public void A_range_of_one_port_has_one_port()
    {
        var ports = Create(new PortRange(7, 7), flow => !_used.Contains(flow));
        Assert.Equal(7, Choose(ports)!.Value.LocalPort);
        _used.Add(new(Local, 7, Remote, 80));
        Assert.Null(Choose(ports));
    }

    private static EphemeralPorts Create(PortRange range, Predicate<Flow> isUsable) => new(new KeyedHash(5, 6), range, isUsable);

    private static Flow? Choose(EphemeralPorts ports) => ports.TryChoose(Local, Remote, 80, out var flow) ? flow : null;
}
