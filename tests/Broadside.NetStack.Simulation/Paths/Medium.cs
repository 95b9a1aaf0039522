using Broadside.NetStack.Devices;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Simulation.Paths;

/// <summary>
/// What is between the hosts: a cable or a switch, whose lines have a rate, a delay and a queue; a bad line; and perhaps a router. Bad
/// line and router are at B's end and serve both directions, so that A's device can still cut segments itself.
/// </summary>
internal sealed class Medium
{
    private readonly SimulatedPort _portOfA;
    private readonly SimulatedPort _portOfB;
    private readonly FaultInjection? _faults;
    private readonly int _maximumTransmissionUnit;

    public Medium(Scenario scenario, VirtualClock clock, TextWriter? trace, Random random)
    {
        (_portOfA, _portOfB) = Connect(scenario, clock);
        _maximumTransmissionUnit = _portOfB.MaximumTransmissionUnit;
        PacketDevice b = _portOfB;
        if (scenario is { FaultsToA: { } faultsToA, FaultsToB: { } faultsToB })
        {
            b = _faults = new FaultInjection(b, faultsToA, faultsToB, new Random(random.Next()), clock);
        }

        if (scenario.PathLimit is { } limit)
        {
            b = Router = new Router(b, limit) { IsSilent = false };
        }

        A = Traced(_portOfA, "A", trace, clock);
        B = Traced(b, "B", trace, clock);
    }

    public PacketDevice A { get; }

    public PacketDevice B { get; }

    public Router? Router { get; }

    public static NetworkAddress AddressOfA(Scenario scenario) => Address(scenario, 1);

    public static NetworkAddress AddressOfB(Scenario scenario) => Address(scenario, 2);

    public void SetLink(bool isUp)
    {
        _portOfA.SetLink(isUp);
        _portOfB.SetLink(isUp);
    }

    /// <summary>From now on nothing is lost, but where a queue is full.</summary>
    public void CalmDown()
    {
        SetLink(isUp: true);
        _faults?.Incoming = FaultOptions.None;
        _faults?.Outgoing = FaultOptions.None;
        Router?.IsSilent = false;
    }

    public void Count(Tally tally)
    {
        if (_faults is { } faults)
        {
            foreach (var counters in (FaultCounters[])[faults.IncomingCounters, faults.OutgoingCounters])
            {
                tally.Count("frames lost", counters.Lost);
                tally.Count("frames duplicated", counters.Duplicated);
                tally.Count("frames corrupted", counters.Corrupted);
                tally.Count("frames reordered", counters.Reordered);
            }
        }

        tally.Count("frames dropped by queues and links", _portOfA.Dropped + _portOfB.Dropped);
        tally.Count("packets marked", _portOfA.Marked + _portOfB.Marked);
        tally.Count("packets too long for the path", Router?.TooLong ?? 0);
    }

    private static (SimulatedPort A, SimulatedPort B) Connect(Scenario scenario, VirtualClock clock)
    {
        if (scenario.HasSwitch)
        {
            var hub = new SimulatedSwitch(clock);
            return (hub.AddPort(scenario.A.Port), hub.AddPort(scenario.B.Port));
        }

        var link = new SimulatedLink(clock, scenario.A.Port, scenario.B.Port, scenario.LinkLayer);
        return (link.A, link.B);
    }

    private static PacketDevice Traced(PacketDevice device, string name, TextWriter? trace, VirtualClock clock) =>
        trace is null ? device : new Tracer(device, new PrefixWriter(name, trace), clock);

    private static NetworkAddress Address(Scenario scenario, uint host) =>
        scenario.IsIPv6 ? new IPv6Address(0xFD00_0000_0000_0000, host) : new IPv4Address(0x0A000000 + host);
}
