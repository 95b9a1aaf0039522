using Broadside.NetStack.Tcp.Recovery;

namespace Broadside.NetStack.Tcp;

/// <content>What happens when nothing happens. All deadlines share one timer.</content>
internal sealed partial class TcpConnection
{
    private KeepAliveTimer _keepAlive;
    private TimeSpan _unansweredSince;

    private void OnDeadlines(TimeSpan now)
    {
        if (State is TcpState.SynSent or TcpState.SynReceived)
        {
            if (now >= _recovery.Timer.Deadline)
            {
                OnSynDeadline(now);
            }

            return;
        }

        if (now >= UserDeadline)
        {
            Abort(now, SoftError is null ? TcpCloseReason.TimedOut : TcpCloseReason.Unreachable);
            return;
        }

        if (now >= _acknowledgments.Deadline)
        {
            DemandAcknowledgment();
        }

        if (now >= _recovery.NextDeadline)
        {
            OnRecoveryDeadline(now);
        }

        if (!IsClosed && now >= _probes.Deadline)
        {
            OnProbeDeadline(now);
        }

        if (!IsClosed && now >= _keepAlive.Deadline)
        {
            OnKeepAliveDeadline(now);
        }

        if (!IsClosed && now >= _recovery.PacingDeadline && UnsentLength > 0)
        {
            _layer.Enlist(this, TcpLists.Data);
        }
    }

    private void OnRecoveryDeadline(TimeSpan now)
    {
        switch (_recovery.OnDeadline(now))
        {
            case RecoveryTimer.TailLossProbe:
                EmitTailLossProbe(now);
                break;
            case RecoveryTimer.RetransmissionTimeout when IsGivenUp(_recovery.ConsecutiveTimeouts):
                Abort(now, SoftError is null ? TcpCloseReason.TimedOut : TcpCloseReason.Unreachable);
                return;
            case RecoveryTimer.None:
                return;
        }

        _layer.Enlist(this, TcpLists.Data);
    }

    // RFC 8985 section 7.3: a new segment if the window lets it, or else the last one again.
    private void EmitTailLossProbe(TimeSpan now)
    {
        var length = NewLength(_segmentSize, now);
        if (length > 0 && EmitRange(_sendNext, Math.Min(length, _segmentSize), SentKind.Probe, now) > 0)
        {
            return;
        }

        if (_recovery.TryGetProbe(out var start, out length))
        {
            EmitRange(start, length, SentKind.Probe, now);
        }
    }

    private void OnProbeDeadline(TimeSpan now)
    {
        if (UnsentLength == 0 && !_isShutDown)
        {
            _probes.Stop();
            return;
        }

        if (IsGivenUp(_probes.Unanswered))
        {
            Abort(now, TcpCloseReason.TimedOut);
            return;
        }

        // What the window does hold goes out, however little it is; RFC 9293 section 3.8.6.2.1 calls that the override.
        var window = _sendUnacknowledged + _sendWindow - _sendNext;
        var length = (int)Math.Min(UnsentLength, Math.Max(0, window));
        if (length == 0 || EmitRange(_sendNext, Math.Min(length, _segmentSize), SentKind.NewData, now) == 0)
        {
            EmitProbe(now);
            if (_probes.Unanswered == 0)
            {
                _unansweredSince = now;
            }

            _probes.OnSent(_recovery.Timer.Timeout, now);
        }
    }

    private void OnKeepAliveDeadline(TimeSpan now)
    {
        if (_sendNext != _sendUnacknowledged)
        {
            _keepAlive.OnHeard(now);
            return;
        }

        if (_keepAlive.IsExhausted)
        {
            Abort(now, TcpCloseReason.TimedOut);
            return;
        }

        EmitProbe(now);
        _keepAlive.OnProbed(now);
    }

    // RFC 5482 section 3: how long what was sent may stay unacknowledged. Of a closed window's probes, how long they may stay unanswered.
    private TimeSpan UserDeadline => _options.UserTimeout is { } limit && (_sendNext != _sendUnacknowledged || _probes.Unanswered > 0)
        ? _unansweredSince + limit
        : TimeSpan.MaxValue;

    // R2 of RFC 9293 section 3.8.3, unless the user has set a time.
    private bool IsGivenUp(int timeouts) =>
        _options.UserTimeout is null
        && timeouts > (_isOrphan ? _layer.Settings.OrphanRetransmissionLimit : _layer.Settings.RetransmissionLimit);

    private void UpdateTimer(TimeSpan now)
    {
        if (IsClosed)
        {
            _layer.Wheel.Cancel(this);
            return;
        }

        var deadline = State is TcpState.SynSent or TcpState.SynReceived ? _recovery.Timer.Deadline : SoonestDeadline(now);
        if (deadline == TimeSpan.MaxValue)
        {
            _layer.Wheel.Cancel(this);
        }
        else
        {
            _layer.Wheel.Schedule(this, deadline > now ? deadline : now);
        }
    }

    private TimeSpan SoonestDeadline(TimeSpan now)
    {
        var deadline = Sooner(Sooner(_recovery.NextDeadline, _probes.Deadline), Sooner(_acknowledgments.Deadline, _keepAlive.Deadline));
        deadline = Sooner(deadline, UserDeadline);
        return UnsentLength > 0 && _recovery.PacingDeadline > now ? Sooner(deadline, _recovery.PacingDeadline) : deadline;
    }

    private static TimeSpan Sooner(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
