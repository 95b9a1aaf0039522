using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <content>Passive opens: listeners, half-open connections, cookies when there are too many.</content>
internal sealed partial class TcpLayer
{
    /// <summary>RFC 6298 section 2.1: what a SYN waits for its answer at first.</summary>
    public static readonly TimeSpan InitialTimeout = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(NetworkAddress Address, ushort Port), TcpListener> _listeners = [];
    private readonly Stack<PendingConnection> _freePending = new();
    private readonly Random _listenPorts;

    /// <summary>How many connections are half open by a peer's SYN.</summary>
    public int PendingCount { get; private set; }

    /// <summary>Listens; false if somebody does so there already.</summary>
    public bool TryListen(TcpListener listener)
    {
        if (!_listeners.TryAdd((listener.Address, listener.Port), listener))
        {
            return false;
        }

        _ownership?.Bind(InternetProtocol.Tcp, listener.Address, listener.Port);
        return true;
    }

    /// <summary>Finds a port that nobody listens on.</summary>
    public ushort ChooseListenPort(NetworkAddress address)
    {
        var range = PortRange.Ephemeral;
        var start = _listenPorts.Next(range.Count);
        for (var attempt = 0; attempt < range.Count; attempt++)
        {
            var port = (ushort)(range.First + ((start + attempt) % range.Count));
            if (!_listeners.Keys.Any(key => key.Port == port) && _ownership?.IsBound(InternetProtocol.Tcp, port) is not true)
            {
                return port;
            }
        }

        throw new InvalidOperationException($"All ports of {address} are listened on.");
    }

    /// <summary>Listens no more. Connections half open end; those accepted go on.</summary>
    public void Close(TcpListener listener)
    {
        if (listener.IsClosed)
        {
            return;
        }

        listener.IsClosed = true;
        _listeners.Remove((listener.Address, listener.Port));
        _ownership?.Unbind(InternetProtocol.Tcp, listener.Address, listener.Port);
        if (listener.Pending > 0)
        {
            foreach (var pending in _endpoints.Values.OfType<PendingConnection>().Where(pending => pending.Listener == listener).ToList())
            {
                Forget(pending);
            }
        }
    }

    /// <summary>A SYN for nobody yet: the beginning of a connection if someone listens.</summary>
    /// <param name="syn">The segment.</param>
    /// <param name="flow">Its flow.</param>
    /// <param name="above">The initial sequence number must be above this, where a connection before used numbers up to it.</param>
    /// <param name="now">The time.</param>
    public void ProcessSyn(in TcpArrival syn, in Flow flow, SequenceNumber? above, TimeSpan now)
    {
        if (FindListener(flow) is not { } listener)
        {
            ResetUnexpected(syn, flow, now);
            return;
        }

        if (!_network.TryFindPassingPath(flow.Local, flow.Remote, out var path) || path.IsGroup)
        {
            return;
        }

        if (listener.Pending >= listener.Backlog || !TryRentPending(out var pending))
        {
            AnswerWithCookie(listener, syn, flow, path, now);
            return;
        }

        if (!TryClaim(flow))
        {
            Counters.PendingDropped++;
            return;
        }

        var initial = SequenceNumbers.For(flow, now);
        if (above is { } used && initial <= used)
        {
            // RFC 6191 section 2: far enough beyond what the connection before may still have on the way.
            initial = used + ushort.MaxValue + 2;
        }

        _endpoints.TryAdd(flow, pending);
        PendingCount++;
        listener.Pending++;
        pending.Start(listener, flow, path, syn, initial, now);
    }

    /// <summary>A half-open connection's peer has answered: it becomes a connection, and the answer its first segment.</summary>
    public void Establish(PendingConnection pending, in TcpHandshake handshake, in TcpArrival arrival, TimeSpan now)
    {
        var listener = pending.Listener;
        if (!_network.TryFindPath(handshake.Flow.Local, handshake.Flow.Remote, out var path) || !TryRent(out var connection))
        {
            // The peer will say it again, and there may be room by then.
            Counters.OpensRefused++;
            return;
        }

        Forget(pending);
        Accept(connection, listener, handshake, path, arrival, now);
    }

    public void Forget(PendingConnection pending)
    {
        Remove(pending.Flow);
        Wheel.Cancel(pending);
        PendingCount--;
        pending.Listener.Pending--;
        pending.IsForgotten = true;
        if (!pending.IsInControlList)
        {
            _freePending.Push(pending);
        }
    }

    public TcpNegotiation NegotiatePassively(TcpConnectionOptions options, NetworkPath path, in TcpArrival syn)
    {
        var offer = TcpNegotiation.Offer(Settings, options, path) with { HasEcn = Settings.Ecn != EcnNegotiation.Never };
        return offer.Answer(syn.Header.Options, syn.Has(TcpFlags.Ece) && syn.Has(TcpFlags.Cwr));
    }

    /// <summary>The answer to a SYN, but for its options.</summary>
    public TcpRepresentation SynAckHeader(
        in Flow flow, in TcpNegotiation negotiated, SequenceNumber initialSend, SequenceNumber initialReceive, TcpConnectionOptions options)
    {
        return new()
        {
            SourcePort = flow.LocalPort,
            DestinationPort = flow.RemotePort,
            SequenceNumber = initialSend,
            AcknowledgmentNumber = initialReceive + 1,
            Flags = TcpFlags.Syn | TcpFlags.Ack | (negotiated.HasEcn ? TcpFlags.Ece : TcpFlags.None),
            Window = (ushort)Math.Min(ushort.MaxValue, options.ReceiveBuffer ?? Settings.InitialReceiveBuffer),
        };
    }

    public TcpOptions SynOptions(in TcpNegotiation negotiated, TcpConnectionOptions options, TcpTimestamps timestamps) => new()
    {
        MaximumSegmentSize = (ushort)negotiated.ReceiveSegmentSize,
        WindowScale = negotiated.SendScale is null
            ? null
            : ReceiveWindow.ScaleFor(options.ReceiveBuffer ?? Settings.MaximumReceiveBuffer),
        SackPermitted = negotiated.SackPermitted,
        Timestamps = negotiated.HasTimestamps ? timestamps : null,
    };

    private void ProcessUnknown(in TcpArrival arrival, in Flow flow, TimeSpan now)
    {
        // RFC 9293 sections 3.10.7.1 and 3.10.7.2.
        if (arrival.Has(TcpFlags.Rst))
        {
            return;
        }

        if (arrival.Has(TcpFlags.Ack))
        {
            if (arrival.Has(TcpFlags.Syn) || !TryAcceptCookie(arrival, flow, now))
            {
                ResetUnexpected(arrival, flow, now);
            }
        }
        else if (arrival.Has(TcpFlags.Syn))
        {
            ProcessSyn(arrival, flow, above: null, now);
        }
    }

    private void Accept(
        TcpConnection connection, TcpListener listener, in TcpHandshake handshake, NetworkPath path, in TcpArrival arrival, TimeSpan now)
    {
        Counters.PassiveOpens++;
        _endpoints.TryAdd(handshake.Flow, connection);
        connection.Accept(handshake, path, listener, now);
        connection.Process(arrival, now);
    }

    private TcpListener? FindListener(in Flow flow) =>
        _listeners.GetValueOrDefault((flow.Local, flow.LocalPort)) ?? _listeners.GetValueOrDefault((Any(flow.Local), flow.LocalPort));

    private static NetworkAddress Any(NetworkAddress address) =>
        address.IsIPv4 ? IPv4Address.Unspecified : (NetworkAddress)IPv6Address.Unspecified;

    // RFC 4987 section 3.6: nothing is kept of the SYN, and nothing is sent again.
    private void AnswerWithCookie(TcpListener listener, in TcpArrival syn, in Flow flow, NetworkPath path, TimeSpan now)
    {
        // Of a flow that is not at home the acknowledgment would come here only if something were kept.
        if (_cookies is null || !IsHome(flow))
        {
            Counters.PendingDropped++;
            return;
        }

        var negotiated = NegotiatePassively(listener.Options, path, syn);
        var clock = TcpClock.Timestamp(now) + SequenceNumbers.TimestampOffset(flow);
        var options = negotiated.HasTimestamps ? syn.Header.Options : syn.Header.Options with { Timestamps = null };
        var cookie = _cookies.Create(flow, syn.Sequence, options, negotiated.HasEcn, clock, now);
        if (!negotiated.HasTimestamps)
        {
            // Without timestamps there is no place to keep the other options in.
            negotiated = negotiated with { SendScale = null, SackPermitted = false, HasEcn = false };
        }

        var timestamps = new TcpTimestamps(cookie.Timestamp, syn.Header.Options.Timestamps?.Value ?? 0);
        var header = SynAckHeader(flow, negotiated, cookie.SequenceNumber, syn.Sequence, listener.Options) with
        {
            Options = SynOptions(negotiated, listener.Options, timestamps),
        };
        TryEmit(path, PseudoHeader.Between(flow.Local, flow.Remote, InternetProtocol.Tcp), header, now);
        Counters.CookiesSent++;
    }

    private bool TryAcceptCookie(in TcpArrival arrival, in Flow flow, TimeSpan now)
    {
        if (_cookies is null || FindListener(flow) is not { } listener)
        {
            return false;
        }

        var initialSend = arrival.Header.AcknowledgmentNumber - 1;
        var initialReceive = arrival.Sequence - 1;
        var timestamps = arrival.Header.Options.Timestamps;
        if (!_cookies.TryValidate(flow, initialReceive, initialSend, timestamps?.EchoReply, now, out var terms))
        {
            Counters.CookiesRefused++;
            return false;
        }

        if (!_network.TryFindPath(flow.Local, flow.Remote, out var path) || !TryRent(out var connection))
        {
            Counters.OpensRefused++;
            return true;
        }

        Counters.CookiesAccepted++;
        var negotiated = TcpNegotiation.Offer(Settings, listener.Options, path) with
        {
            PeerSegmentSize = terms.MaximumSegmentSize,
            SendScale = Settings.WindowScaling ? terms.WindowScale : null,
            SackPermitted = Settings.SelectiveAcknowledgments && terms.SackPermitted,
            HasTimestamps = Settings.Timestamps && terms.Timestamps,
            HasEcn = Settings.Ecn != EcnNegotiation.Never && terms.Ecn,
        };
        var handshake = new TcpHandshake
        {
            Flow = flow,
            Negotiated = negotiated,
            InitialSendSequence = initialSend,
            InitialReceiveSequence = initialReceive,
            ReceiveEdge = initialReceive + 1 + SynAckHeader(flow, negotiated, initialSend, initialReceive, listener.Options).Window,
            SendWindow = arrival.Header.Window << (negotiated.SendScale ?? 0),
            RecentTimestamp = timestamps?.Value ?? 0,
        };
        Accept(connection, listener, handshake, path, arrival, now);
        return true;
    }
}
