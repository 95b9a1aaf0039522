using Broadside.NetStack.Devices;
using Broadside.NetStack.Network;
using Broadside.NetStack.Simulation.Hosts;
using Broadside.NetStack.Simulation.Paths;
using Broadside.NetStack.Simulation.Programs;
using Broadside.NetStack.Tcp;
using static Broadside.NetStack.Simulation.SimulationFailedException;

namespace Broadside.NetStack.Simulation;

/// <summary>
/// Two stacks, what is between them, and what is done with them: all of it follows from the seed. Things go wrong for a while; then
/// they do no more, and all that was begun must end.
/// </summary>
internal sealed class World : IDisposable
{
    /// <summary>
    /// By then everything has ended: the data through the smallest windows, and peers that are not there given up (RFC 9293 section 3.8.3).
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(3);

    private static readonly TimeSpan HalfOpenPatience = TimeSpan.FromMinutes(5);

    private readonly List<Endpoint> _endpoints = [];
    private readonly Dictionary<Flow, Pair> _pairs = [];
    private readonly Random _random;
    private readonly Medium _medium;
    private readonly SimulatedHost _a;
    private readonly SimulatedHost _b;
    private long _steps;

    public World(Scenario scenario, TextWriter? trace)
    {
        Scenario = scenario;
        _random = new Random(~scenario.Seed);
        _medium = new Medium(scenario, Clock, trace, _random);
        _a = new SimulatedHost("A", Medium.AddressOfA(scenario), scenario.A, _medium.A, Record, Clock, _random);
        _b = new SimulatedHost("B", Medium.AddressOfB(scenario), scenario.B, _medium.B, Record, Clock, _random);
    }

    public Scenario Scenario { get; }

    public VirtualClock Clock { get; } = new();

    public Agenda Agenda { get; } = new();

    public SegmentRecord Record { get; } = new();

    public Tally Tally { get; } = new();

    /// <summary>Whether nothing new is begun.</summary>
    public bool IsFinishing { get; private set; }

    public void Add(Endpoint endpoint) => _endpoints.Add(endpoint);

    /// <summary>Whose a connection is, as the host that accepts it names it.</summary>
    public Pair? FindPair(Flow flow) => _pairs.GetValueOrDefault(new Flow(flow.Remote, flow.RemotePort, flow.Local, flow.LocalPort));

    public void Run()
    {
        Plan();
        RunUntil(Clock.Now + Scenario.Turmoil, () => false);
        CalmDown();
        var end = Clock.Now + Patience;
        Agenda.At(Clock.Now + HalfOpenPatience, () => _endpoints.ForEach(endpoint => endpoint.GiveUpHalfOpen()));
        while (Clock.Now < end && (_endpoints.Exists(endpoint => !endpoint.IsOver) || _a.HasConnections || _b.HasConnections))
        {
            // One that was half open when all others were over may still be accepted.
            RunUntil(end, () => _endpoints.TrueForAll(endpoint => endpoint.IsOver));
            RunUntil(Sooner(end, Clock.Now + LongestMemory()), () => false);
        }

        var stuck = _endpoints.FirstOrDefault(endpoint => !endpoint.IsOver);
        Require(stuck is null, $"Stuck: {stuck}.");
        CheckEnd();
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }

    private void Plan()
    {
        foreach (var host in (SimulatedHost[])[_a, _b])
        {
            host.Listen(new Acceptor(this, host, new Random(_random.Next())), DrawOptions());
            Agenda.At(Clock.Now + _random.Time(Scenario.Turmoil), host.TakeMemory);
        }

        for (var number = 0; number < Scenario.Pairs; number++)
        {
            PlanPair(number);
        }

        var incidents = new Incidents(this, _medium, _a, _b, new Random(_random.Next()));
        for (var number = 0; number < Scenario.Incidents; number++)
        {
            Agenda.At(Clock.Now + _random.Time(Scenario.Turmoil), incidents.Happen);
        }
    }

    private void PlanPair(int number)
    {
        var (left, right) = _random.Chance(0.5) ? (_a, _b) : (_b, _a);
        var pair = new Pair(number, _random.Chance(0.15) ? Opening.Simultaneous : Opening.Active, left, right);

        // Addresses are asked for first (RFC 4862 section 5.4).
        var start = Clock.Now + TimeSpan.FromSeconds(1.5) + _random.Time(Scenario.Turmoil * 0.7);
        if (pair.Opening == Opening.Active)
        {
            // A port that is chosen may be used again soon (RFC 6191).
            var port = _random.Chance(0.3) ? (ushort)(2000 + _random.Next(3)) : (ushort)0;
            Agenda.At(start, () => Connect(pair, left, port, SimulatedHost.ListeningPort));
            return;
        }

        var (portOfLeft, portOfRight) = ((ushort)(1000 + number), (ushort)(1500 + number));
        Agenda.At(start, () => Connect(pair, left, portOfLeft, portOfRight));
        Agenda.At(start + (_random.Chance(0.5) ? TimeSpan.Zero : _random.Time(TimeSpan.FromMilliseconds(100))), () => Connect(pair, right, portOfRight, portOfLeft));
    }

    private void Connect(Pair pair, SimulatedHost host, ushort port, ushort remotePort)
    {
        var endpoint = new Endpoint(this, pair, host, new Random(_random.Next()));
        var remote = pair.Other(host).Address;
        var result = host.Stack.Tcp.Connect(host.Address, port, remote, remotePort, DrawOptions(), endpoint, Clock.Now, out var connection);
        if (result != OpenResult.Opened)
        {
            endpoint.Fail();
            return;
        }

        _pairs[connection.Flow] = pair;
        endpoint.Begin(connection);
    }

    private TcpConnectionOptions DrawOptions() => new()
    {
        NoDelay = _random.Chance(0.7),
        UnsentLimit = _random.Magnitude(1, 128 * 1024),
        ReceiveBuffer = _random.Chance(0.2) ? _random.Magnitude(Scenario.HasTinyWindows ? 50 : 4_000, 100_000) : null,
        MaximumSegmentSize = _random.Chance(0.15) ? _random.Next(88, 1461) : null,
        KeepAlive = _random.Chance(0.2) ? new() { Idle = TimeSpan.FromSeconds(10), Interval = TimeSpan.FromSeconds(2), Probes = 5 } : null,
    };

    private void CalmDown()
    {
        IsFinishing = true;
        _medium.CalmDown();
        foreach (var host in (SimulatedHost[])[_a, _b])
        {
            host.GiveMemoryBack();
            host.StandsStillUntil = TimeSpan.Zero;
        }

        foreach (var endpoint in _endpoints.ToList())
        {
            endpoint.Finish();
        }
    }

    private TimeSpan LongestMemory()
    {
        var longest = TimeSpan.Zero;
        foreach (var settings in (TcpSettings[])[_a.Settings, _b.Settings])
        {
            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, settings.TimeWait.Ticks + settings.FinWait2Timeout.Ticks));
        }

        return longest + TimeSpan.FromSeconds(80);
    }

    private void RunUntil(TimeSpan end, Func<bool> isDone)
    {
        const long MostSteps = 1_000_000;
        while (!isDone())
        {
            Require(++_steps < MostSteps, $"No end in sight after {_steps} steps.");
            while (Agenda.TryTake(Clock.Now, out var action))
            {
                action();
            }

            _a.Run(Clock.Now);
            _b.Run(Clock.Now);
            var next = Sooner(Agenda.Next, Sooner(_a.NextDue, _b.NextDue));
            if (next > end)
            {
                Clock.MoveTo(end);
                return;
            }

            Clock.MoveTo(next);
        }
    }

    private void CheckEnd()
    {
        foreach (var host in (SimulatedHost[])[_a, _b])
        {
            host.RequireEmpty();
            Tally.Count(host);
        }

        Dispose();
        _a.RequireMemoryBack();
        _b.RequireMemoryBack();
        _medium.Count(Tally);
        Tally.Runs++;
        Tally.Packets += Record.Packets;
    }

    private static TimeSpan Sooner(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
