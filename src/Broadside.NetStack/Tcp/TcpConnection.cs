using System.Diagnostics;
using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp.Recovery;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <summary>
/// A connection: RFC 9293's transmission control block with what its user does to it. Sans-IO: segments, calls and deadlines go in with
/// the time; what is to be sent is asked for by the stack, list by list, and what has happened is told once a burst has been taken in.
/// </summary>
internal sealed partial class TcpConnection : TcpEndpoint
{
    private readonly TcpLayer _layer;
    private readonly SendQueue _sendQueue = new();
    private readonly ReceiveQueue _receiveQueue = new();
    private readonly LossRecovery _recovery;
    private readonly OutOfOrderRanges _outOfOrder = new();

    private TcpConnectionOptions _options = TcpConnectionOptions.Default;
    private NetworkPath _path = null!;
    private PseudoHeader _pseudoHeader;
    private TcpNegotiation _negotiated;
    private uint _timestampOffset;
    private bool _isCorked;

    public TcpConnection(TcpLayer layer)
    {
        _layer = layer;
        _recovery = new(layer.Settings.Recovery);
    }

    /// <summary>Who is told of events, by way of the layer's list; null for one that nobody holds any more.</summary>
    public ITcpUser? User { get; set; }

    public TcpState State { get; private set; }

    /// <summary>The listener that is still to be asked whose it is.</summary>
    public TcpListener? AcceptedBy { get; set; }

    /// <summary>Whether its user is done with it, so that, once closed, it may become another connection.</summary>
    public bool IsReleased => _isOrphan;

    /// <summary>Events not told yet.</summary>
    public TcpEvents Events { get; private set; }

    /// <summary>Why the connection is over, once it is.</summary>
    public TcpCloseReason CloseReason { get; private set; }

    /// <summary>In which of the layer's lists it stands.</summary>
    public TcpLists Lists { get; set; }

    /// <summary>Bytes taken for sending and not sent yet.</summary>
    public long UnsentLength => _sendQueue.End - SentPosition;

    /// <summary>Bytes sent or not that are not acknowledged yet.</summary>
    public long UnacknowledgedLength => _sendQueue.End - _sendQueue.Acknowledged;

    public TcpConnectionOptions Options => _options;

    /// <summary>What went wrong on the way, though the connection did not end by it: a soft error (RFC 5461).</summary>
    public DeliveryErrorKind? SoftError { get; private set; }

    public bool IsClosed => State == TcpState.Closed;

    /// <summary>The round trip time, smoothed; zero if none was measured.</summary>
    public TimeSpan RoundTrip => _recovery.SmoothedRoundTrip;

    public LossRecovery Recovery => _recovery;

    /// <summary>Whether the peer's FIN has been received.</summary>
    public bool HasPeerClosed { get; private set; }

    /// <summary>Keeps what fills no segment back, at most 200 ms; what waits when it is reset leaves with the next poll.</summary>
    public bool IsCorked
    {
        get => _isCorked;
        set
        {
            if (_isCorked && !value && !IsClosed)
            {
                _layer.Enlist(this, TcpLists.Data);
            }

            _isCorked = value;
        }
    }

    /// <summary>Begins an active open (RFC 9293 section 3.10.1); the SYN leaves with the next poll.</summary>
    public void Open(Flow flow, NetworkPath path, TcpConnectionOptions options, ITcpUser user, TimeSpan now)
    {
        Begin(flow, path, options, user, _layer.SequenceNumbers.For(flow, now), now);
        _negotiated = TcpNegotiation.Offer(_layer.Settings, options, path);
        _receiveWindow.Start(InitialBuffer, MaximumBuffer, OfferedScale, default, now);
        State = TcpState.SynSent;
        BeginSynchronizing(now);
    }

    /// <summary>Goes on where a half-open connection's handshake ended: established.</summary>
    public void Accept(in TcpHandshake handshake, NetworkPath path, TcpListener listener, TimeSpan now)
    {
        Begin(handshake.Flow, path, listener.Options, user: null, handshake.InitialSendSequence, now);
        AcceptedBy = listener;
        _negotiated = handshake.Negotiated;
        _sendNext = _sendUnacknowledged = handshake.InitialSendSequence + 1;
        StartReceiving(handshake.InitialReceiveSequence, now);
        _receiveWindow.RestoreEdge(handshake.ReceiveEdge);
        _recentTimestamp = handshake.RecentTimestamp;
        _recentTimestampAt = now;
        SetSendWindow(handshake.SendWindow, handshake.InitialReceiveSequence + 1, _sendUnacknowledged);
        if (handshake.RoundTrip is { } roundTrip)
        {
            _recovery.Timer.OnSample(roundTrip);
        }

        Establish(handshake.WasRetransmitted, now);
    }

    /// <summary>Changes what its user asks for. Buffer and segment size stay as they were at the beginning.</summary>
    public void Configure(TcpConnectionOptions options, TimeSpan now)
    {
        var keepAliveChanges = options.KeepAlive != _options.KeepAlive;
        _options = options with { ReceiveBuffer = _options.ReceiveBuffer, MaximumSegmentSize = _options.MaximumSegmentSize };
        if (IsClosed)
        {
            return;
        }

        if (keepAliveChanges)
        {
            _keepAlive = new KeepAliveTimer(options.KeepAlive, now);
        }

        _acknowledgments.IsQuick = options.QuickAcknowledgments;
        if (options.NoDelay && UnsentLength > 0)
        {
            _layer.Enlist(this, TcpLists.Data);
        }

        UpdateTimer(now);
    }

    /// <summary>Takes the events not told yet.</summary>
    public TcpEvents TakeEvents()
    {
        var events = Events;
        Events = TcpEvents.None;
        return events;
    }

    protected internal override void OnDue(TimeSpan now)
    {
        OnDeadlines(now);
        UpdateTimer(now);
    }

    public override void Process(in TcpArrival arrival, TimeSpan now)
    {
        Debug.Assert(!IsClosed);
        _keepAlive.OnHeard(now);
        if (State == TcpState.SynSent)
        {
            ProcessInSynSent(arrival, now);
        }
        else
        {
            ProcessSynchronized(arrival, now);
        }

        UpdateTimer(now);
    }

    /// <summary>Makes the object fit to be another connection, once it stands in no list.</summary>
    public void Recycle()
    {
        Debug.Assert(IsClosed && Lists == TcpLists.None && !IsScheduled);
        while (_sendQueue.TryRelease(isGivenUp: true, out _))
        {
        }

        _receiveQueue.Release();
        User = null;
        _path = null!;
    }

    private void Begin(Flow flow, NetworkPath path, TcpConnectionOptions options, ITcpUser? user, SequenceNumber initial, TimeSpan now)
    {
        Debug.Assert(IsClosed && _sendQueue.IsEmpty);
        Flow = flow;
        User = user;
        _path = path;
        _options = options;
        _pseudoHeader = PseudoHeader.Between(path.Local, path.Remote, InternetProtocol.Tcp);
        _timestampOffset = _layer.SequenceNumbers.TimestampOffset(flow);
        _sendQueue.Reset();
        _receiveNext = default;
        _receiveQueue.Reset(_layer.ReceiveBuffers, default);
        _outOfOrder.Reset();
        _initialSend = _sendUnacknowledged = _sendNext = initial;
        Events = TcpEvents.None;
        SoftError = null;
        _isCorked = false;
        HasPeerClosed = false;
        _isShutDown = _isFinSent = _discardsReceived = _isOrphan = false;
        _target = default;
        _targetFilled = 0;
        _ecnEchoes = false;
        _recovery.Timer.Reset();
        _invalidSegments = default;
        _largestSendWindow = 0;
        _probes.Stop();
        _acknowledgments.Start(AssumedSegmentSize, options.QuickAcknowledgments);
        _keepAlive = new KeepAliveTimer(options.KeepAlive, now);
    }

    private void Raise(TcpEvents events)
    {
        Events |= events;
        _layer.Enlist(this, TcpLists.Events);
    }

    private void End(TcpCloseReason reason)
    {
        Debug.Assert(!IsClosed);
        State = TcpState.Closed;
        CloseReason = reason;
        _layer.Forget(this);
        Raise(TcpEvents.Released | TcpEvents.Closed);
    }
}
