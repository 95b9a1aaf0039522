using System.Net;
using Broadside.Channels;

namespace Broadside.Testing;

/// <summary>
/// A network in memory, with virtual time and seeded faults: the backend for tests. What it is like is said by
/// <see cref="SimulatedNetworkOptions"/>; the same options and the same program give the same run, event by event.
/// </summary>
/// <remarks>
/// <para>Nothing happens by itself: whoever calls <see cref="Step"/>, <see cref="RunUntilIdle"/>, <see cref="Advance"/>,
/// <see cref="RunUntil"/> or <see cref="Run"/> drives the network and lends its thread to the channels, which take turns in an
/// order drawn from the seed. Between these calls that thread may use channels and connections directly. Work posted from other
/// threads is safe, and is done when the network is driven next; a program replays only as long as it uses no other threads.</para>
/// <para>As a backend, the network is one host; <see cref="CreateHost"/> makes more.</para>
/// </remarks>
public sealed partial class SimulatedNetwork : ChannelBackend
{
    private readonly List<SimulatedChannel> _channels = [];
    private readonly SortedDictionary<int, SimulatedConnection> _connections = [];
    private readonly EventSchedule _schedule = new();
    private readonly EventTrace _trace;
    private readonly Random _random;
    private readonly WakeUp _wakeUp = new();
    private readonly SimulatedSynchronizationContext _continuations;
    private int _lastConnection;

    /// <summary>Creates a network.</summary>
    /// <param name="options">What it is like; null for a fast one in which nothing fails.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size or rate is not positive, or a time is negative.</exception>
    public SimulatedNetwork(SimulatedNetworkOptions? options = null)
    {
        Options = options ?? new SimulatedNetworkOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Options.ReceiveWindow, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Options.SendBuffer, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Options.MaximumSegment, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Options.MaximumAccept ?? 1, nameof(options));
        Validate(Options.ToAcceptor);
        Validate(Options.ToConnector);
        _random = new Random(Options.Seed);
        _trace = new EventTrace(Options.KeepTrace);
        _continuations = new SimulatedSynchronizationContext(this);
    }

    /// <inheritdoc/>
    public override string Name => "simulated";

    /// <summary>What the network was made with.</summary>
    public SimulatedNetworkOptions Options { get; }

    /// <summary>The virtual clock, which the channels use too. From any thread.</summary>
    public SimulatedTimeProvider TimeProvider { get; } = new();

    /// <summary>A hash of everything that has happened so far: equal for runs that were equal.</summary>
    public ulong TraceHash => _trace.Hash;

    /// <summary>Everything that has happened so far; empty unless <see cref="SimulatedNetworkOptions.KeepTrace"/> is set.</summary>
    public IReadOnlyList<SimulatedEvent> Trace => _trace.Events;

    internal NameTable<SimulatedListener> Listeners { get; } = new();

    internal NameTable<SimulatedDatagramSocket> DatagramSockets { get; } = new();

    internal long Now => TimeProvider.GetTimestamp();

    /// <summary>Makes a channel of the host that the network itself is: 127.0.0.1.</summary>
    /// <param name="settings">What it is made with; its clock and processor are ignored.</param>
    public override IoChannel CreateChannel(ChannelSettings settings) => CreateChannel(settings, IPAddress.Loopback);

    /// <summary>Makes a host of its own on the network: a backend whose channels have <paramref name="address"/>.</summary>
    /// <param name="address">Its address.</param>
    public SimulatedHost CreateHost(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new SimulatedHost(this, address);
    }

    internal IoChannel CreateChannel(ChannelSettings settings, IPAddress host)
    {
        var channel = new SimulatedChannel(this, host, _channels.Count, settings);
        _channels.Add(channel);
        return channel;
    }

    internal int Register(SimulatedConnection connection)
    {
        _connections.Add(++_lastConnection, connection);
        return _lastConnection;
    }

    internal void Unregister(SimulatedConnection connection, CloseReason reason)
    {
        Record(SimulatedEventKind.Closed, connection.Id, (long)reason);
        _connections.Remove(connection.Id);
        _stalledConnections.Remove(connection);
    }

    internal List<SimulatedConnection> ConnectionsOf(SimulatedChannel channel) =>
        [.. _connections.Values.Where(connection => ReferenceEquals(connection.Channel, channel))];

    internal void Schedule(long due, Action action) => _schedule.Add(due, action);

    internal void Record(SimulatedEventKind kind, int subject, long amount) => _trace.Add(Now, kind, subject, amount);

    private static void Validate(SimulatedLinkOptions link)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(link.Latency, TimeSpan.Zero, nameof(link));
        ArgumentOutOfRangeException.ThrowIfLessThan(link.Jitter, TimeSpan.Zero, nameof(link));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(link.BytesPerSecond ?? 1, nameof(link));
    }
}
