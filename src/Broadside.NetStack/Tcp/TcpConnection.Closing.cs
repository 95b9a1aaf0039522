using System.Diagnostics;
using Broadside.Channels;
using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <content>Ending: FIN in either order, RST, and what the network says of it (RFC 9293 sections 3.6 and 3.10.4 to 3.10.5).</content>
internal sealed partial class TcpConnection
{
    private bool _isShutDown;
    private bool _isFinSent;
    private bool _isOrphan;

    /// <summary>Whether all that was given and the FIN behind it have been acknowledged.</summary>
    public bool IsFinAcknowledged => State is TcpState.FinWait2 || (IsClosed && CloseReason == TcpCloseReason.Closed);

    /// <summary>Takes bytes to send; they leave with the next poll, as far as windows let them.</summary>
    public void Send(SendBatch batch)
    {
        _sendQueue.Append(batch);
        if (State is TcpState.Established or TcpState.CloseWait)
        {
            _layer.Enlist(this, TcpLists.Data);
        }
    }

    /// <summary>Takes back a batch that is no longer referred to: acknowledged, or given up.</summary>
    public bool TryTakeReleased(out SendBatch batch) => _sendQueue.TryRelease(IsClosed, out batch);

    /// <summary>Ends this side's direction behind what was given to send.</summary>
    public void ShutdownSend()
    {
        if (_isShutDown || IsClosed)
        {
            return;
        }

        _isShutDown = true;
        if (State is TcpState.Established or TcpState.CloseWait)
        {
            _layer.Enlist(this, TcpLists.Data);
        }
    }

    /// <summary>Resets the connection (RFC 9293 section 3.10.5).</summary>
    public void Abort(TimeSpan now, TcpCloseReason reason = TcpCloseReason.Aborted)
    {
        if (IsClosed)
        {
            return;
        }

        if (State != TcpState.SynSent)
        {
            var header = new TcpRepresentation
            {
                SourcePort = Flow.LocalPort,
                DestinationPort = Flow.RemotePort,
                SequenceNumber = _sendNext,
                AcknowledgmentNumber = _receiveNext,
                Flags = TcpFlags.Rst | TcpFlags.Ack,
                Options = new() { Timestamps = _negotiated.HasTimestamps ? Timestamps(now) : null },
            };
            _layer.TryEmit(_path, _pseudoHeader, header, now);
            _layer.Counters.ResetsSent++;
        }

        End(reason);
    }

    /// <summary>Its user is done with a connection that is over.</summary>
    public void Release()
    {
        Debug.Assert(IsClosed);
        User = null;
        _isOrphan = true;
        _layer.Enlist(this, TcpLists.Events);
    }

    /// <summary>
    /// Gives the connection up to the stack: its user hears no more of it. What was acknowledged whole may end in its own time, in
    /// FIN-WAIT-2 as in TIME-WAIT; anything else is reset.
    /// </summary>
    public void Orphan(TimeSpan now)
    {
        User = null;
        _isOrphan = true;
        if (State == TcpState.FinWait2)
        {
            BecomeTimeWait(now);
        }
        else
        {
            Abort(now);
        }

        _layer.Enlist(this, TcpLists.Events);
    }

    public override void ProcessError(in DeliveryError error, TimeSpan now)
    {
        // RFC 5927 section 4.1: an error about bytes that are not in flight is made up, or late.
        var number = error.Packet.SequenceNumber;
        if (number < _sendUnacknowledged || number >= _sendNext)
        {
            _layer.Counters.ErrorsIgnored++;
            return;
        }

        if (error.Kind == DeliveryErrorKind.TooBig)
        {
            _path.LowerMaximumTransmissionUnit(error.MaximumTransmissionUnit, now);
            AdoptPathLimit(now);
            UpdateTimer(now);
            return;
        }

        // RFC 5927 section 5.2: in a synchronized state hard errors are soft ones too.
        SoftError = error.Kind;
        if (error.Kind == DeliveryErrorKind.Refused && State == TcpState.SynSent)
        {
            End(TcpCloseReason.Refused);
            UpdateTimer(now);
        }
    }

    private void OnPeerClosed(TimeSpan now)
    {
        switch (State)
        {
            case TcpState.Established:
                State = TcpState.CloseWait;
                break;
            case TcpState.FinWait1:
                State = TcpState.Closing;
                break;
            case TcpState.FinWait2:
                BecomeTimeWait(now);
                break;
        }
    }

    private void OnFinSent()
    {
        _isFinSent = true;
        State = State == TcpState.CloseWait ? TcpState.LastAcknowledgment : TcpState.FinWait1;
    }

    private void OnFinAcknowledged(TimeSpan now)
    {
        switch (State)
        {
            case TcpState.FinWait1:
                State = TcpState.FinWait2;
                break;
            case TcpState.Closing:
                BecomeTimeWait(now);
                break;
            case TcpState.LastAcknowledgment:
                End(TcpCloseReason.Closed);
                break;
        }
    }

    // The rest needs a few numbers only: the connection itself is over.
    private void BecomeTimeWait(TimeSpan now)
    {
        var owesAcknowledgment = _acknowledgments.IsPending && !TryEmitAcknowledgment(now);
        var rest = new TimeWaitStart
        {
            Flow = Flow,
            Path = _path,
            PseudoHeader = _pseudoHeader,
            SendNext = _sendNext,
            ReceiveNext = _receiveNext,
            Window = _receiveWindow.RightEdge > _receiveNext ? _receiveWindow.RightEdge - _receiveNext : 0,
            WindowScale = _receiveWindow.Scale,
            Timestamps = _negotiated.HasTimestamps ? new TcpTimestamps(_timestampOffset, _recentTimestamp) : null,
            AwaitsFin = !HasPeerClosed,
            OwesAcknowledgment = owesAcknowledgment,
        };
        End(TcpCloseReason.Closed);
        _layer.Wait(rest, now);
    }
}
