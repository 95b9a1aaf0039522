using Broadside.NetStack.Network;
using Broadside.NetStack.Timing;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <summary>
/// TCP of one stack: its connections, listeners and lists. Sans-IO, used by one thread: packets and the time go in by
/// <see cref="Process"/>, <see cref="Poll"/> sends what has become due, <see cref="DeliverEvents"/> tells users what has happened.
/// </summary>
internal sealed partial class TcpLayer : ITransport, IDisposable
{
    private readonly INetwork _network;
    private readonly FlowTable<TcpEndpoint> _endpoints;
    private readonly EphemeralPorts _ports;
    private readonly SynCookies? _cookies;
    private readonly IFlowOwnership? _ownership;

    /// <summary>Creates the layer.</summary>
    /// <param name="network">What carries its segments.</param>
    /// <param name="arena">Where received bytes are kept.</param>
    /// <param name="settings">Limits and features.</param>
    /// <param name="createSecret">Makes keys; injected so that a simulation can be repeated.</param>
    /// <param name="now">The time.</param>
    /// <param name="ownership">Which flows are this stack's, where others have the same addresses.</param>
    public TcpLayer(
        INetwork network, Arena arena, TcpSettings settings, Func<KeyedHash> createSecret, TimeSpan now, IFlowOwnership? ownership = null)
    {
        _network = network;
        _ownership = ownership;
        Settings = settings;
        Wheel = new TimingWheel(now);
        ReceiveBuffers = new ReceiveBuffers(arena);
        SequenceNumbers = new InitialSequenceNumbers(createSecret());
        Challenges = new ChallengeAcknowledgments(createSecret());
        _endpoints = new(settings.MaximumConnections + settings.MaximumPendingConnections + settings.MaximumTimeWaits, createSecret());
        _ports = new EphemeralPorts(createSecret(), PortRange.Ephemeral, IsFree);
        _resets = new TokenBucket(settings.MaximumResetsPerSecond, settings.MaximumResetsPerSecond);
        _listenPorts = new Random((int)createSecret().Secure());
        _cookies = settings.SynCookies ? new SynCookies(createSecret) : null;
    }

    public TcpSettings Settings { get; }

    public TimingWheel Wheel { get; }

    public ReceiveBuffers ReceiveBuffers { get; }

    public InitialSequenceNumbers SequenceNumbers { get; }

    public ChallengeAcknowledgments Challenges { get; }

    public TcpCounters Counters { get; } = new();

    /// <summary>Connections, without those half open by a peer's SYN and those in TIME-WAIT.</summary>
    public int ConnectionCount { get; private set; }

    /// <summary>Everything that segments can be for.</summary>
    public IEnumerable<TcpEndpoint> Endpoints => _endpoints.Values;

    /// <summary>Begins a connection.</summary>
    /// <param name="local">Where from; unspecified leaves it to the network layer.</param>
    /// <param name="localPort">The port; zero has one chosen (RFC 6056).</param>
    /// <param name="remote">Where to.</param>
    /// <param name="remotePort">The port.</param>
    /// <param name="options">How.</param>
    /// <param name="user">Who hears of it.</param>
    /// <param name="now">The time.</param>
    /// <param name="connection">The connection.</param>
    public OpenResult Connect(
        NetworkAddress local, ushort localPort, NetworkAddress remote, ushort remotePort,
        TcpConnectionOptions options, ITcpUser user, TimeSpan now, out TcpConnection connection)
    {
        connection = null!;
        if (!_network.TryFindPath(local, remote, out var path) || path.IsGroup)
        {
            // RFC 9293 section 3.9.2.3: nobody can be connected to a group.
            return OpenResult.NoRoute;
        }

        var flow = new Flow(path.Local, localPort, remote, remotePort);
        if (localPort == 0 ? !_ports.TryChoose(path.Local, remote, remotePort, out flow) : _endpoints.Find(flow) is not null)
        {
            return OpenResult.PortInUse;
        }

        if (!TryClaim(flow) || !TryRent(out connection!))
        {
            return OpenResult.TooMany;
        }

        _endpoints.TryAdd(flow, connection);
        Counters.ActiveOpens++;
        connection.Open(flow, path, options, user, now);
        return OpenResult.Opened;
    }

    public void Process(in IncomingPacket packet, TimeSpan now)
    {
        Counters.SegmentsReceived++;
        if (packet.IsGroup || !TryParse(packet, out var arrival))
        {
            Counters.Malformed++;
            return;
        }

        var flow = new Flow(packet.Destination, arrival.Header.DestinationPort, packet.Source, arrival.Header.SourcePort);
        if (_endpoints.Find(flow) is { } endpoint)
        {
            endpoint.Process(arrival, now);
        }
        else
        {
            ProcessUnknown(arrival, flow, now);
        }
    }

    public void ProcessError(in DeliveryError error, TimeSpan now)
    {
        var packet = error.Packet;
        var flow = new Flow(packet.SourceAddress, packet.SourcePort, packet.DestinationAddress, packet.DestinationPort);
        _endpoints.Find(flow)?.ProcessError(error, now);
    }

    /// <summary>Resets every connection there still is, as the host is about to go: those that nobody was asked about yet, or holds any more.</summary>
    public void AbortAll(TimeSpan now)
    {
        foreach (var connection in _endpoints.Values.OfType<TcpConnection>().ToList())
        {
            connection.Abort(now);
        }
    }

    /// <summary>Gives all memory back, also that of connections whose last event was not told.</summary>
    public void Dispose()
    {
        foreach (var endpoint in _endpoints.Values.Concat(_control).Concat(_acknowledgments).Concat(_data).Concat(_events))
        {
            (endpoint as TcpConnection)?.DropReceived();
        }

        ReceiveBuffers.Dispose();
    }

    private static bool TryParse(in IncomingPacket packet, out TcpArrival arrival)
    {
        arrival = default;
        if (!TcpSegment.TryParse(packet.Payload, out var segment, out _))
        {
            return false;
        }

        var pseudoHeader = PseudoHeader.Between(packet.Source, packet.Destination, InternetProtocol.Tcp);
        if (!TcpRepresentation.TryParse(segment, pseudoHeader, packet.Validation, out var header, out _))
        {
            return false;
        }

        arrival = new() { Header = header, Payload = segment.Payload, Ecn = packet.Ecn, JoinedSegmentSize = packet.SegmentSize };
        return true;
    }

    // Nor may a connection be one with itself, which who connects to a port of this host's does not mean.
    private bool IsFree(Flow flow) =>
        _endpoints.Find(flow) is null
        && (flow.LocalPort != flow.RemotePort || flow.Local != flow.Remote)
        && (_ownership?.IsUsable(flow) ?? true);
}

/// <summary>What became of an attempt to begin a connection.</summary>
internal enum OpenResult : byte
{
    Opened,
    NoRoute,
    PortInUse,
    TooMany,
}
