using Broadside.NetStack.Devices;
using Broadside.NetStack.Network;
using Broadside.NetStack.Simulation.Paths;
using Broadside.NetStack.Simulation.Programs;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Wire;
using static Broadside.NetStack.Simulation.SimulationFailedException;

namespace Broadside.NetStack.Simulation.Hosts;

/// <summary>A whole stack, with its memory, in virtual time.</summary>
internal sealed class SimulatedHost : IDisposable
{
    public const ushort ListeningPort = 80;

    private const long Plenty = 64 * 1024 * 1024;
    private const int MaximumTurns = 100_000;

    private readonly List<Extent> _hoard = [];
    private readonly HostScenario _scenario;
    private readonly TightQueue? _queue;

    public SimulatedHost(string name, NetworkAddress address, HostScenario scenario, PacketDevice device, SegmentRecord record, VirtualClock clock, Random random)
    {
        Name = name;
        Address = address;
        _scenario = scenario;
        Arena = new(new ArenaOptions { MaximumBytes = scenario.FreeMemory is null ? Plenty : Arena.MaximumExtent, Diagnostics = true });
        if (scenario.DeviceRoom is { } room)
        {
            device = _queue = new TightQueue(device, room, TimeSpan.FromMicroseconds(random.Next(1, 2_000)), clock);
        }

        var prefixLength = address.IsIPv4 ? 24 : 64;
        var network = new NetworkOptions
        {
            Addresses = [new(address, prefixLength)],
            Random = new Random(random.Next()),
        };
        var secrets = new Random(random.Next());
        Stack = new NetworkStack(
            new SegmentObserver(device, record), network, scenario.Tcp, Arena,
            () => new KeyedHash((ulong)secrets.NextInt64(), (ulong)secrets.NextInt64()), clock.Now);
    }

    public string Name { get; }

    public NetworkAddress Address { get; }

    public NetworkStack Stack { get; }

    public Arena Arena { get; }

    public TcpSettings Settings => _scenario.Tcp;

    public bool HasConnections => Stack.Tcp.Endpoints.Any();

    public int Refusals => _queue?.Refusals ?? 0;

    /// <summary>Until when nothing runs here, as on a machine that is suspended.</summary>
    public TimeSpan StandsStillUntil { get; set; }

    public void Listen(ITcpAcceptor acceptor, TcpConnectionOptions options)
    {
        var listener = new TcpListener
        {
            Address = Address.IsIPv4 ? IPv4Address.Unspecified : IPv6Address.Unspecified,
            Port = ListeningPort,
            Backlog = _scenario.Backlog,
            DeferAccept = _scenario.DeferAccept,
            Options = options,
            Acceptor = acceptor,
        };
        Require(Stack.Tcp.TryListen(listener), "The port is taken.");
    }

    /// <summary>When there is something to do here.</summary>
    public TimeSpan NextDue
    {
        get
        {
            var device = TimeSpan.FromTicks(Stack.Device.NextDue);
            var due = device < Stack.NextDeadline ? device : Stack.NextDeadline;
            return due > StandsStillUntil ? due : StandsStillUntil;
        }
    }

    /// <summary>Does all there is to do now, as a channel's thread does.</summary>
    public void Run(TimeSpan now)
    {
        if (now < StandsStillUntil)
        {
            return;
        }

        for (var turn = 0; turn < MaximumTurns; turn++)
        {
            var hasReceived = Stack.Receive(now);
            Stack.DeliverEvents(now);
            Stack.Poll(now);
            if (!hasReceived && !Stack.HasWork)
            {
                return;
            }
        }

        throw new SimulationFailedException($"{Name} never comes to rest.");
    }

    /// <summary>Takes nearly all memory there is.</summary>
    public void TakeMemory()
    {
        const int Piece = 64 * 1024;
        if (_scenario.FreeMemory is not { } free)
        {
            return;
        }

        while (Arena.AllocatedBytes + Piece <= Arena.MaximumBytes - free && Arena.TryAllocate(Piece, out var extent))
        {
            _hoard.Add(extent);
        }
    }

    public void GiveMemoryBack()
    {
        _hoard.ForEach(Arena.Free);
        _hoard.Clear();
    }

    /// <summary>Nothing may be left when all connections are long over.</summary>
    public void RequireEmpty()
    {
        var tcp = Stack.Tcp;
        Require(
            !tcp.Endpoints.Any() && tcp.ConnectionCount == 0 && tcp.PendingCount == 0 && tcp.TimeWaitCount == 0,
            $"{Name} is left with {tcp.ConnectionCount} connections, {tcp.PendingCount} half open, {tcp.TimeWaitCount} in TIME-WAIT: "
            + string.Join("; ", tcp.Endpoints.Select(endpoint => $"{endpoint.GetType().Name} {endpoint.Flow}")));
        Require(!tcp.HasEvents && !tcp.HasOutput, $"{Name} has something to tell or to send, but nobody to tell it of.");
    }

    public void RequireMemoryBack()
    {
        var outstanding = Arena.Outstanding();
        Require(outstanding.Count == 0, $"{Name} did not return {outstanding.Count} extents, the first taken at {outstanding.FirstOrDefault().TakenAt}");
    }

    public void Dispose() => Stack.Dispose();
}
