using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <content>
/// Receiving. At most one receive is pending, as two would steal each other's bytes. Calls and callbacks only say what is wanted; what
/// is pending is adjusted to that once, at the end of the round, so that a pause taken back costs nothing.
/// </content>
internal sealed unsafe partial class IoUringConnection
{
    private const int DiscardLength = 1 << 20;

    /// <summary>Where the next bytes are to go.</summary>
    private enum Reception
    {
        None,
        Buffer,
        Extent,
        Nowhere,
    }

    private Reception Wanted
    {
        get
        {
            if (!Is(State.Established) || Is(State.Ended | State.EndReceived | State.PeerClosed))
            {
                return Reception.None;
            }

            if (Is(State.Closing))
            {
                return _transport.LingerOnClose ? Reception.Nowhere : Reception.None;
            }

            if (!_extent.IsEmpty)
            {
                return _backlog is null ? Reception.Extent : Reception.None;
            }

            return Is(State.Paused | State.Starved) || _backlog is not null ? Reception.None : Reception.Buffer;
        }
    }

    public override void PauseReceive()
    {
        _state |= State.Paused;
        AdjustReceive();
    }

    public override void ResumeReceive()
    {
        _state &= ~State.Paused;
        OnTakesBytes();
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
        _state |= State.Large;
        OnTakesBytes();
    }

    /// <summary>Tries again to find a buffer.</summary>
    public void OnMemoryRetry()
    {
        _state &= ~State.Starved;
        AdjustReceive();
    }

    /// <summary>Brings what is pending in line with what is wanted. Called at the end of a round.</summary>
    public void ApplyReceive()
    {
        _state &= ~State.Adjusting;
        var wanted = Wanted;
        if (!Is(State.Receiving))
        {
            if (wanted != Reception.None)
            {
                StartReceive(wanted);
            }

            return;
        }

        // A single receive may as well stay when nothing is wanted: what it brings waits its turn.
        var isInTheWay = wanted == Reception.Extent
            ? !Is(State.Filling)
            : Is(State.Multishot) && (wanted == Reception.None || Is(State.HungUp));
        if (isInTheWay && Is(State.Established) && !Is(State.Canceling | State.Ended))
        {
            _state |= State.Canceling;
            CancelReceive();
        }
    }

    private void AdjustReceive()
    {
        if (!Is(State.Adjusting))
        {
            _state |= State.Adjusting;
            Owner.Adjusting.Add(this);
        }
    }

    private void OnTakesBytes()
    {
        if (_backlog is not null || Is(State.EndReceived))
        {
            Enqueue();
        }

        AdjustReceive();
    }

    private void CancelReceive()
    {
        if (Is(State.Receiving) && Is(State.Canceling | State.Ended))
        {
            Owner.Cancel(_key, OperationKind.Receive);
        }
    }

    private void StartReceive(Reception wanted)
    {
        if (wanted == Reception.Buffer && !Owner.Buffers.TryPrepare())
        {
            Starve();
            return;
        }

        ref var entry = ref Owner.Ring.Next();
        entry.Opcode = Opcode.Receive;
        entry.Flags = EntryFlags.FixedFile;
        entry.File = _file;
        entry.UserData = Key(OperationKind.Receive);
        _state |= State.Receiving;
        switch (wanted)
        {
            case Reception.Extent when Is(State.Interrupted):
                entry.Opcode = Opcode.Poll;
                entry.OperationFlags = PollEvents.Readable | PollEvents.Failed;
                _state |= State.Filling;
                break;
            case Reception.Extent:
                entry.Address = (ulong)(_extent.Pointer + _filled);
                entry.Length = (uint)(_extent.Length - _filled);
                entry.OperationFlags = MessageFlags.WaitAll;
                _state |= State.Filling;
                break;
            case Reception.Nowhere:
                // tcp(7): with MSG_TRUNC the bytes are dropped where they lie.
                entry.Length = DiscardLength;
                entry.OperationFlags = MessageFlags.Truncate;
                break;
            default:
                entry.Flags |= EntryFlags.SelectBuffer;
                entry.BufferGroup = ReceiveBuffers.Group;
                entry.Modifiers = (ushort)Modifiers();
                break;
        }

        if (Is(State.Multishot))
        {
            Watch();
        }
    }

    /// <summary>
    /// Waits for the end of the connection beside a multishot receive: that one sleeps on where a reset comes together with bytes, as
    /// it reads the bytes and waits for the next event (seen up to Linux 6.18; over Unix-domain sockets at the peer's end too).
    /// </summary>
    private void Watch()
    {
        if (Is(State.Watching))
        {
            return;
        }

        _state |= State.Watching;
        ref var entry = ref Owner.Ring.Next();
        entry.Opcode = Opcode.Poll;
        entry.Flags = EntryFlags.FixedFile;
        entry.File = _file;
        entry.OperationFlags = PollEvents.Failed | (IsTcp ? 0 : PollEvents.PeerClosed);
        entry.UserData = Key(OperationKind.Watch);
    }

    /// <summary>The connection is over, or its end is to come: what is left is received one by one, and the end with it.</summary>
    private void OnWatch(int events)
    {
        _state = (_state & ~State.Watching) | (events > 0 ? State.HungUp : State.None);
        OnReceiveEnded();
    }

    /// <summary>
    /// The first receive is a single one, as many connections live for one request only; so is the one after a large record, as
    /// its successor may be received into an extent too. All others go on until cancelled.
    /// </summary>
    private TransferFlags Modifiers()
    {
        var isSingle = !Is(State.Warm) || Is(State.Large | State.HungUp);
        var mayBeEmpty = Is(State.Warm) && !Is(State.NonEmpty | State.HungUp);
        _state = (_state & ~State.Large) | State.Warm | (isSingle ? State.None : State.Multishot);
        return (isSingle ? TransferFlags.None : TransferFlags.ReceiveMultishot) | (mayBeEmpty ? TransferFlags.PollFirst : TransferFlags.None);
    }

    private void OnReceive(in CompletionEntry completion)
    {
        var fills = Is(State.Filling);
        if (fills && Is(State.Interrupted))
        {
            OnPolled(completion.Result);
            return;
        }

        _state &= ~State.NonEmpty;
        if (!completion.HasMore)
        {
            _state &= ~(State.Receiving | State.Filling | State.Multishot | State.Canceling);
        }

        if ((completion.Flags & CompletionFlags.SocketNonEmpty) != 0)
        {
            _state |= State.NonEmpty;
        }

        if (completion.Result > 0)
        {
            OnBytes(completion, fills);
        }

        if (completion.HasBuffer)
        {
            Owner.Buffers.Return(completion);
        }

        if (completion.Result == 0 && !Is(State.Ended))
        {
            OnEndOfStream();
        }
        else if (completion.Result < 0)
        {
            OnReceiveFailed(-completion.Result);
        }

        if (!completion.HasMore)
        {
            OnReceiveEnded();
        }
    }

    /// <summary>
    /// A receive that was to fill the extent ended before it was full: at the end of the stream, or at a reset, which the kernel then
    /// does not report again (the error goes with the bytes received before it). The socket's state tells.
    /// </summary>
    private void OnPolled(int events)
    {
        _state &= ~(State.Receiving | State.Filling | State.Canceling | State.Interrupted);
        if (!Is(State.Ended | State.ShutDown) && events > 0 && (events & PollEvents.Failed) != 0)
        {
            Fail(Errno.ConnectionReset);
        }

        OnReceiveEnded();
    }

    private void OnReceiveEnded()
    {
        if (Is(State.Ended))
        {
            Enqueue();
        }
        else
        {
            AdjustReceive();
        }
    }

    private void OnReceiveFailed(int error)
    {
        if (Is(State.Ended) || error is Errno.Canceled or Errno.Interrupted or Errno.Again)
        {
            return;
        }

        if (error != Errno.NoBuffers)
        {
            Fail(error);
        }
        else if (!Owner.Buffers.TryGrow())
        {
            Starve();
        }
    }

    private void Starve()
    {
        if (!Is(State.Starved))
        {
            _state |= State.Starved;
            Owner.AwaitMemory(this);
        }
    }
}
