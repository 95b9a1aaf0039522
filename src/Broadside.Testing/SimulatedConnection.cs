using System.Net;
using System.Net.Sockets;
using Broadside.Channels;

namespace Broadside.Testing;

/// <summary>One side of a connection. What the transport does is in its halves; here is the order of calls and callbacks.</summary>
internal sealed class SimulatedConnection : ChannelConnection, IReady
{
    private readonly SimulatedNetwork _network;
    private readonly SimulatedChannel _channel;
    private readonly TransportOptions _options;
    private readonly StreamSender _sender;
    private readonly StreamReceiver _receiver;
    private readonly Queue<SendBatch> _released = new();
    private readonly DeadlineTimer _deadline;
    private SendBatch? _accepted;
    private bool _isConnectedDue;
    private bool _isConnected;
    private bool _isSendPending;
    private bool _isShutdown;
    private bool _isClosing;
    private bool _isOver;
    private bool _isReported;
    private CloseReason _reason;
    private Exception? _error;

    public SimulatedConnection(SimulatedChannel channel, TransportOptions options)
        : base(channel)
    {
        _network = channel.Network;
        _channel = channel;
        _options = options;
        _sender = new StreamSender(_network, this, options);
        _receiver = new StreamReceiver(this, channel);
        _deadline = new DeadlineTimer(this);
        Id = _network.Register(this);
    }

    public int Id { get; }

    public bool IsReady { get; set; }

    /// <summary>Whether it failed or ended, reported or not.</summary>
    public bool IsOver => _isOver;

    public override EndPoint? LocalEndPoint => Local;

    public override EndPoint? RemoteEndPoint => Remote;

    public EndPoint? Local { get; set; }

    public EndPoint? Remote { get; set; }

    public IPAddress Host => _channel.Host;

    /// <summary>The other side; null until the connect was answered.</summary>
    public SimulatedConnection? Peer { get; private set; }

    public SimulatedPath Outgoing { get; private set; } = null!;

    public int ReceiveWindow => _options.ReceiveBufferSize ?? _network.Options.ReceiveWindow;

    public void HandleBy(IConnectionHandler handler) => Handler = handler;

    /// <summary>Ties the two sides together.</summary>
    public void Attach(SimulatedConnection peer, SimulatedLinkOptions link)
    {
        Peer = peer;
        Outgoing = new SimulatedPath(_network, link, peer);
        _sender.Window = peer.ReceiveWindow;
    }

    public void StartDeadline(TimeSpan timeout)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            Channel.Schedule(_deadline, timeout);
        }
    }

    public void Establish()
    {
        Channel.Cancel(_deadline);
        _isConnectedDue = true;
        MarkReady();
    }

    public override SendStatus Send(SendBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfZero(batch.Count, nameof(batch));
        if (_isSendPending || _isShutdown || _isReported || !_isConnected)
        {
            throw new InvalidOperationException(
                _isSendPending ? "The previous send is still pending." :
                _isConnected ? "Sending has been shut down, or the connection is closed." : "The connection is not established.");
        }

        if (_isOver)
        {
            _isSendPending = true;
            QueueReleased(batch);
            return SendStatus.Pending;
        }

        var status = _sender.Send(batch);
        _isSendPending = status == SendStatus.Pending;
        return status;
    }

    public override void PauseReceive() => _receiver.IsPaused = true;

    public override void ResumeReceive()
    {
        _receiver.IsPaused = false;
        MarkReady();
    }

    public override void ReceiveInto(Extent extent)
    {
        ArgumentOutOfRangeException.ThrowIfZero(extent.Length, nameof(extent));
        _receiver.ReceiveInto(extent);
        MarkReady();
    }

    public override void ShutdownSend()
    {
        if (!_isShutdown && !_isOver)
        {
            if (!_isConnected)
            {
                throw new InvalidOperationException("The connection is not established.");
            }

            _isShutdown = true;
            _sender.Shutdown();
        }
    }

    public override void Close()
    {
        if (_isOver || _isClosing)
        {
            return;
        }

        if (!_isConnected)
        {
            Abort();
            return;
        }

        ShutdownSend();
        _isClosing = true;
        _receiver.Discard();
        StartDeadline(_options.CloseTimeout);
        MarkReady();
    }

    public override void Abort(CloseReason reason = CloseReason.Aborted, Exception? error = null)
    {
        if (!_isOver)
        {
            Fail(reason, error);
            Outgoing?.Send(new Message(SimulatedEventKind.Reset));
        }
    }

    /// <summary>Ends the connection without telling the peer.</summary>
    public void Fail(CloseReason reason, Exception? error = null)
    {
        if (_isOver)
        {
            return;
        }

        Channel.Cancel(_deadline);
        _isOver = true;
        _reason = reason;
        _error = error;
        _accepted = null;
        _sender.Fail();
        _receiver.Discard();
        MarkReady();
    }

    public void FailByReset() => Fail(CloseReason.PeerReset, new SocketException((int)SocketError.ConnectionReset));

    /// <summary>Puts a segment on its way, unless a fault resets the connection instead.</summary>
    public void Transmit(Segment segment)
    {
        if (_network.DrawReset())
        {
            Outgoing.Send(new Message(SimulatedEventKind.Reset));
            _network.Schedule(_network.Now, FailByReset);
            return;
        }

        Outgoing.Send(new Message(SimulatedEventKind.Data, segment.Length, segment));
    }

    /// <summary>Takes what the peer told.</summary>
    public void OnMessage(Message message)
    {
        if (_isOver)
        {
            AnswerOrphaned(message);
            return;
        }

        switch (message.Kind)
        {
            case SimulatedEventKind.Established:
                Establish();
                break;
            case SimulatedEventKind.Data:
                Outgoing.Send(new Message(SimulatedEventKind.Acknowledgement, message.Amount));
                _receiver.OnData(message.Segment!);
                break;
            case SimulatedEventKind.Acknowledgement:
                _sender.OnAcknowledged();
                break;
            case SimulatedEventKind.Window:
                _sender.OnWindow(message.Amount);
                break;
            case SimulatedEventKind.EndOfStream:
                Outgoing.Send(new Message(SimulatedEventKind.EndOfStreamAcknowledged));
                _receiver.OnEnd();
                break;
            case SimulatedEventKind.EndOfStreamAcknowledged:
                _sender.OnEndAcknowledged();
                break;
            default:
                FailByReset();
                break;
        }
    }

    // Closed without lingering, a connection is the system's until the peer's end has come; there is nobody to take bytes.
    private void AnswerOrphaned(Message message)
    {
        if (_reason != CloseReason.Closed)
        {
            return;
        }

        if (message.Kind == SimulatedEventKind.Data)
        {
            Outgoing.Send(new Message(SimulatedEventKind.Reset));
        }
        else if (message.Kind == SimulatedEventKind.EndOfStream)
        {
            Outgoing.Send(new Message(SimulatedEventKind.EndOfStreamAcknowledged));
        }
    }

    public void Unblock() => Peer?.Outgoing?.Unblock();

    public void QueueAccepted(SendBatch batch)
    {
        _accepted = batch;
        MarkReady();
    }

    public void QueueReleased(SendBatch batch)
    {
        _released.Enqueue(batch);
        MarkReady();
    }

    public void MarkReady() => _channel.MarkReady(this);

    public void Dispatch()
    {
        if (_isReported)
        {
            return;
        }

        DispatchConnected();
        DispatchAccepted();
        DispatchReleased();
        if (_isConnected && !_isOver)
        {
            _receiver.Deliver();
        }

        var hasEnded = _receiver.IsEndReported || (_isClosing && !_options.LingerOnClose);
        if (!_isOver && _sender.IsOver && _sender.HasReleasedAll && hasEnded)
        {
            Fail(CloseReason.Closed);
        }

        if (_isOver)
        {
            DispatchClosed();
        }
    }

    public void ReportReceived(ReceivedSegment segment) => RaiseReceived(segment);

    public void ReportExtentReceived(Extent extent) => RaiseExtentReceived(extent);

    public void ReportPeerClosed() => RaisePeerClosed();

    private void DispatchConnected()
    {
        if (_isConnectedDue && !_isOver)
        {
            _isConnectedDue = false;
            _isConnected = true;
            Channel.Counters.CountConnection(1);
            RaiseConnected();
        }
    }

    private void DispatchAccepted()
    {
        if (_accepted is { } accepted && !_isOver)
        {
            _accepted = null;
            _isSendPending = false;
            RaiseSendAccepted(accepted);
        }
    }

    private void DispatchReleased()
    {
        while (_released.TryDequeue(out var batch))
        {
            RaiseSendReleased(batch);
        }
    }

    private void DispatchClosed()
    {
        DispatchReleased();
        _isReported = true;
        _network.Unregister(this, _reason);
        if (_isConnected)
        {
            Channel.Counters.CountConnection(-1);
        }

        // A connection whose channel stopped before it was accepted has nobody to tell.
        if (Handler is not null)
        {
            RaiseClosed(_reason, _error);
        }
    }

    private void OnDeadline()
    {
        Abort(CloseReason.TimedOut, new TimeoutException(_isClosing ? "Closing took too long." : "Connecting took too long."));
    }

    private sealed class DeadlineTimer(SimulatedConnection connection) : ChannelTimer
    {
        protected override void OnDue() => connection.OnDeadline();
    }
}
