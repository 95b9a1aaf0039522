using Broadside.Channels;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <content>What becomes of bytes that have come: the handler's, an extent's, or kept until the handler takes them.</content>
internal sealed partial class IoUringConnection
{
    private ReceiveBacklog? _backlog;
    private Extent _extent;
    private int _filled;

    private bool TakesBytes => !Is(State.Ended | State.Closing) && (!Is(State.Paused) || !_extent.IsEmpty);

    private void OnBytes(in CompletionEntry completion, bool fills)
    {
        Channel.Counters.CountReceive(completion.Result);
        if (fills)
        {
            if (!Is(State.Ended | State.Closing))
            {
                _state |= completion.Result < _extent.Length - _filled ? State.Interrupted : State.None;
                Fill(completion.Result);
            }

            return;
        }

        if (!completion.HasBuffer)
        {
            return;
        }

        var buffer = Owner.Buffers.Take(completion, out var offset);
        var left = completion.Result;
        while (left > 0 && _backlog is null && TakesBytes)
        {
            var taken = Deliver(buffer, offset, left);
            offset += taken;
            left -= taken;
        }

        if (left > 0 && !Is(State.Ended | State.Closing))
        {
            _backlog ??= Owner.RentBacklog();
            _backlog.Append(buffer, offset, left);
        }
    }

    /// <summary>Hands over bytes, to the extent as far as it needs them or else to the handler; how many.</summary>
    private int Deliver(SharedBuffer buffer, int offset, int length)
    {
        if (_extent.IsEmpty)
        {
            RaiseReceived(new ReceivedSegment(buffer, offset, length));
            return length;
        }

        var taken = Math.Min(length, _extent.Length - _filled);
        buffer.Extent.Slice(offset, taken).Span.CopyTo(_extent.Span[_filled..]);
        Fill(taken);
        return taken;
    }

    private void Fill(int length)
    {
        _filled += length;
        if (_filled == _extent.Length)
        {
            var full = _extent;
            _extent = default;
            RaiseExtentReceived(full);
        }
    }

    /// <summary>Delivers what arrived during a pause, then the end if that has come.</summary>
    private void DeliverBacklog()
    {
        while (_backlog is { } backlog && TakesBytes)
        {
            var (buffer, offset, length) = backlog.Peek();
            backlog.Advance(Deliver(buffer, offset, length), out var isEmpty);
            if (isEmpty)
            {
                Owner.Return(backlog);
                _backlog = null;
            }
        }

        if (Is(State.EndReceived) && (Is(State.Closing) || (_backlog is null && TakesBytes)))
        {
            ReportPeerClosed();
        }

        AdjustReceive();
    }

    private void OnEndOfStream()
    {
        _state |= State.EndReceived;
        if (Is(State.Closing) || (_backlog is null && TakesBytes))
        {
            ReportPeerClosed();
        }
    }

    private void ReportPeerClosed()
    {
        _state = (_state & ~State.EndReceived) | State.PeerClosed;
        if (!Is(State.Closing))
        {
            RaisePeerClosed();
        }

        EndIfBothDirectionsHave();
    }
}
