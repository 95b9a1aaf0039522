using System.Net.Sockets;
using Broadside.Channels;

namespace Broadside.Sockets;

/// <content>Receiving: into the channel's buffer, into an extent of the caller's, or into nothing while the connection closes.</content>
internal sealed partial class SocketsConnection
{
    // Bounds how long one busy connection keeps a round to itself: 4 full buffers, 256 KiB.
    private const int ReceivesPerRound = 4;

    private bool WantsBytes => Is(State.Closing) || !Is(State.Paused) || !_extent.IsEmpty;

    public override void PauseReceive() => _state |= State.Paused;

    public override void ResumeReceive()
    {
        _state &= ~State.Paused;
        StartReceiving();
    }

    public override void ReceiveInto(Extent extent)
    {
        ArgumentOutOfRangeException.ThrowIfZero(extent.Length, nameof(extent));
        if (!_extent.IsEmpty)
        {
            throw new InvalidOperationException("The extent given to ReceiveInto before is not full yet.");
        }

        _extent = extent;
        _filled = 0;
        StartReceiving();
    }

    /// <summary>The pending operation has ended.</summary>
    public void OnReceiveCompleted(SocketAsyncOperation operation, SocketError error)
    {
        _state &= ~State.Waiting;
        if (Is(State.Ended))
        {
            Finish();
        }
        else if (operation == SocketAsyncOperation.Connect)
        {
            OnConnectCompleted(error);
        }
        else if (error != SocketError.Success)
        {
            Fail(error);
        }
        else
        {
            _state |= State.Readable;
            Receive();
        }
    }

    /// <summary>Tries again to find a buffer.</summary>
    public void OnMemoryRetry()
    {
        _state &= ~State.Starved;
        StartReceiving();
    }

    private void StartReceiving()
    {
        if (!Is(State.Established) || Is(State.Waiting | State.PeerClosed | State.Ended) || !WantsBytes)
        {
            return;
        }

        if (Is(State.Readable))
        {
            Enqueue();
        }
        else
        {
            Wait();
        }
    }

    /// <summary>Leaves a receive without a buffer pending: it ends when there is something to receive.</summary>
    private void Wait()
    {
        _receive ??= Owner.RentReceive(this);
        _state |= State.Waiting;
        if (_socket!.ReceiveAsync(_receive))
        {
            return;
        }

        _state &= ~State.Waiting;
        if (_receive.SocketError != SocketError.Success)
        {
            Fail(_receive.SocketError);
            return;
        }

        _state |= State.Readable;
        Enqueue();
    }

    private void Receive()
    {
        for (var count = 0; !Is(State.Ended) && WantsBytes; count++)
        {
            if (count == ReceivesPerRound)
            {
                Enqueue();
                return;
            }

            if (!TryFindRoom(out var room, out var buffer))
            {
                AwaitMemory();
                return;
            }

            var received = _socket!.Receive(room, SocketFlags.None, out var error);
            if (error == SocketError.Success && received > 0)
            {
                Channel.Counters.CountReceive(received);
                Deliver(buffer, received);
            }

            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                Fail(error);
                return;
            }

            if (received < room.Length)
            {
                OnDrained(endOfStream: error == SocketError.Success && received == 0);
                return;
            }
        }
    }

    private void AwaitMemory()
    {
        if (!Is(State.Starved))
        {
            _state |= State.Starved;
            Owner.AwaitMemory(this);
        }
    }

    /// <summary>Where the next bytes go: the caller's extent, nowhere in particular while closing, or the channel's buffer.</summary>
    private bool TryFindRoom(out Span<byte> room, out SharedBuffer? buffer)
    {
        buffer = null;
        if (Is(State.Closing))
        {
            room = Owner.Gather.Scratch;
            return true;
        }

        if (!_extent.IsEmpty)
        {
            room = _extent.Span[_filled..];
            return true;
        }

        var found = Owner.TryGetBuffer(out buffer);
        room = found ? buffer!.Extent.Span : default;
        return found;
    }

    private void Deliver(SharedBuffer? buffer, int received)
    {
        if (buffer is not null)
        {
            RaiseReceived(new ReceivedSegment(buffer, 0, received));
        }
        else if (!Is(State.Closing))
        {
            _filled += received;
            if (_filled == _extent.Length)
            {
                var full = _extent;
                _extent = default;
                RaiseExtentReceived(full);
            }
        }
    }

    /// <summary>Fewer bytes came than there was room for: there are no more now, or never again.</summary>
    private void OnDrained(bool endOfStream)
    {
        _state &= ~State.Readable;
        if (!endOfStream)
        {
            StartReceiving();
            return;
        }

        _state |= State.PeerClosed;
        if (!Is(State.Closing))
        {
            RaisePeerClosed();
        }

        EndIfBothDirectionsHave();
    }

    private void Fail(SocketError error) => Abort(SocketFailure.Reason(error), new SocketException((int)error));
}
