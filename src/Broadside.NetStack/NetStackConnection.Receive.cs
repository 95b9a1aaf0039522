using Broadside.Channels;
using Broadside.NetStack.Tcp;

namespace Broadside.NetStack;

/// <content>
/// Receiving: bytes are lent to the handler where TCP has put them, or put into the handler's own memory as they come. While they are
/// lent they stay where they are: what the handler asks for meanwhile is done afterwards.
/// </content>
internal sealed partial class NetStackConnection
{
    private Extent _extent;

    /// <summary>Whether what comes next, bytes or their end, may be reported.</summary>
    private bool TakesBytes => !Is(State.Ended | State.Closing) && (!Is(State.Paused) || !_extent.IsEmpty);

    public override void PauseReceive() => _state |= State.Paused;

    public override void ResumeReceive()
    {
        _state &= ~State.Paused;
        if (_tcp is { } tcp && (tcp.ReadableLength > 0 || tcp.HasPeerClosed))
        {
            Enqueue();
        }
    }

    public override void ReceiveInto(Extent extent)
    {
        ArgumentOutOfRangeException.ThrowIfZero(extent.Length, nameof(extent));
        if (!_extent.IsEmpty)
        {
            throw new InvalidOperationException("The extent given to ReceiveInto before is not full yet.");
        }

        _extent = extent;
        if (!Is(State.Delivering) && _tcp is { } tcp && TakesBytes)
        {
            StartFilling(tcp);
        }
    }

    private void StartFilling(TcpConnection tcp)
    {
        tcp.ReceiveInto(_extent, Owner.Time);
        if (tcp.TargetFilled == _extent.Length || tcp.HasPeerClosed)
        {
            Enqueue();
        }
    }

    private void DeliverReceived(TcpConnection tcp)
    {
        while (TakesBytes)
        {
            if (!_extent.IsEmpty)
            {
                if (tcp.TargetFilled < _extent.Length)
                {
                    return;
                }

                var full = _extent;
                _extent = default;
                Channel.Counters.CountReceive(full.Length);
                RaiseExtentReceived(full);
            }
            else if (!TryLend(tcp))
            {
                return;
            }
        }
    }

    private bool TryLend(TcpConnection tcp)
    {
        var length = tcp.Peek(out var buffer, out var offset);
        if (length == 0)
        {
            return false;
        }

        Channel.Counters.CountReceive(length);
        _state |= State.Delivering;
        RaiseReceived(new ReceivedSegment(buffer, offset, length));
        _state &= ~State.Delivering;
        tcp.Consume(length, Owner.Time);
        if (Is(State.Closing) && !Is(State.Ended))
        {
            tcp.DiscardReceived(Owner.Time);
        }
        else if (!_extent.IsEmpty && !Is(State.Ended))
        {
            StartFilling(tcp);
        }

        return true;
    }

    private void ReportPeerClosed(TcpConnection tcp)
    {
        if (!tcp.HasPeerClosed || tcp.ReadableLength > 0 || Is(State.PeerClosed | State.Ended) || !(TakesBytes || Is(State.Closing)))
        {
            return;
        }

        _state |= State.PeerClosed;
        if (!Is(State.Closing))
        {
            RaisePeerClosed();
        }

        LimitLastAcknowledgment(tcp);
    }
}
