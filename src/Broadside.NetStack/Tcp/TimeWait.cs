using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <summary>What is left of a connection that nobody holds any more: TIME-WAIT, or FIN-WAIT-2 before it.</summary>
internal sealed class TimeWait(TcpLayer layer) : TcpEndpoint
{
    private TimeWaitStart _state;
    private InvalidSegmentLimit _answers;

    /// <summary>Its neighbors by age.</summary>
    public TimeWait? Older { get; set; }

    /// <inheritdoc cref="Older"/>
    public TimeWait? Newer { get; set; }

    public void Start(in TimeWaitStart start, TimeSpan now)
    {
        _state = start;
        _answers = default;
        Flow = start.Flow;
        layer.Wheel.Schedule(this, now + (start.AwaitsFin ? layer.Settings.FinWait2Timeout : layer.Settings.TimeWait));
        if (start.OwesAcknowledgment)
        {
            layer.EnlistControl(this);
        }
    }

    public override void Process(in TcpArrival arrival, TimeSpan now)
    {
        if (arrival.Has(TcpFlags.Rst))
        {
            ProcessReset(arrival);
        }
        else if (arrival.Has(TcpFlags.Syn))
        {
            ProcessSyn(arrival, now);
        }
        else if (_state.AwaitsFin && arrival.End > _state.ReceiveNext && !arrival.Payload.IsEmpty)
        {
            // RFC 9293 section 3.6.1: nobody is there to read what still comes.
            layer.ResetUnexpected(arrival, Flow, now);
            layer.Forget(this);
        }
        else
        {
            ProcessFin(arrival, now);
        }
    }

    public override void ProcessError(in DeliveryError error, TimeSpan now)
    {
    }

    public override bool TryEmitControl(TimeSpan now)
    {
        var header = new TcpRepresentation
        {
            SourcePort = Flow.LocalPort,
            DestinationPort = Flow.RemotePort,
            SequenceNumber = _state.SendNext,
            AcknowledgmentNumber = _state.ReceiveNext,
            Flags = TcpFlags.Ack,
            Window = (ushort)Math.Min(ushort.MaxValue, _state.Window >> _state.WindowScale),
            Options = new()
            {
                Timestamps = _state.Timestamps is { } timestamps
                    ? new(TcpClock.Timestamp(now) + timestamps.Value, timestamps.EchoReply)
                    : null,
            },
        };
        return layer.TryEmit(_state.Path, _state.PseudoHeader, header, now);
    }

    protected internal override void OnDue(TimeSpan now) => layer.Forget(this);

    // RFC 1337: a reset must not end TIME-WAIT, or old segments could get into a new connection. FIN-WAIT-2 it ends.
    private void ProcessReset(in TcpArrival arrival)
    {
        if (_state.AwaitsFin && arrival.Sequence == _state.ReceiveNext)
        {
            layer.Forget(this);
        }
    }

    // RFC 6191 section 2, and RFC 9293 section 3.6.1 without timestamps: a SYN that cannot be an old one begins anew.
    private void ProcessSyn(in TcpArrival arrival, TimeSpan now)
    {
        var isNew = _state.Timestamps is { } ours && arrival.Header.Options.Timestamps is { } theirs
            ? (int)(theirs.Value - ours.EchoReply) > 0 || (theirs.Value == ours.EchoReply && arrival.Sequence > _state.ReceiveNext)
            : arrival.Sequence > _state.ReceiveNext;
        if (isNew && !_state.AwaitsFin && !arrival.Has(TcpFlags.Ack))
        {
            layer.Forget(this);
            layer.ProcessSyn(arrival, Flow, _state.SendNext, now);
        }
        else
        {
            Answer(now);
        }
    }

    private void ProcessFin(in TcpArrival arrival, TimeSpan now)
    {
        if (_state.AwaitsFin && arrival.Has(TcpFlags.Fin) && arrival.Sequence + arrival.Payload.Length == _state.ReceiveNext)
        {
            _state = _state with { AwaitsFin = false, ReceiveNext = _state.ReceiveNext + 1 };
            layer.Wheel.Schedule(this, now + layer.Settings.TimeWait);
            layer.EnlistControl(this);
        }
        else if (arrival.Length > 0 || arrival.Sequence != _state.ReceiveNext)
        {
            if (arrival.Has(TcpFlags.Fin))
            {
                // Its ACK was lost: two maximum segment lifetimes begin anew (RFC 9293 section 3.10.7.4, eighth).
                layer.Wheel.Schedule(this, now + layer.Settings.TimeWait);
            }

            Answer(now);
        }
    }

    // RFC 5961 section 7: whoever sends what cannot be accepted is not answered each time.
    private void Answer(TimeSpan now)
    {
        if (_answers.TryTake(now))
        {
            layer.EnlistControl(this);
        }
    }
}

/// <summary>What a connection leaves behind.</summary>
internal readonly record struct TimeWaitStart
{
    public required Flow Flow { get; init; }

    public required NetworkPath Path { get; init; }

    public required PseudoHeader PseudoHeader { get; init; }

    public required SequenceNumber SendNext { get; init; }

    public required SequenceNumber ReceiveNext { get; init; }

    /// <summary>In bytes.</summary>
    public required int Window { get; init; }

    public required byte WindowScale { get; init; }

    /// <summary>The offset of ours, and TS.Recent; null if none were agreed on.</summary>
    public TcpTimestamps? Timestamps { get; init; }

    /// <summary>Whether the peer's FIN is still to come.</summary>
    public bool AwaitsFin { get; init; }

    /// <summary>Whether there was no room for the last acknowledgment.</summary>
    public bool OwesAcknowledgment { get; init; }
}
