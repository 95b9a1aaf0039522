using Broadside.Channels;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <content>Sending: a batch goes out in as few operations as it can, mostly one, and the kernel waits for room by itself.</content>
internal sealed unsafe partial class IoUringConnection
{
    // UIO_MAXIOV.
    private const int MaximumVectors = 1024;

    public override SendStatus Send(SendBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfZero(batch.Count, nameof(batch));
        if (_send is not null || Is(State.ShuttingDown | State.Closed) || !Is(State.Established | State.Ended))
        {
            throw new InvalidOperationException(
                _send is not null ? "The previous send is still pending." : "The connection is not open for sending.");
        }

        _send = Owner.RentSend(this, batch);
        _send.Round = Owner.Rounds;
        if (Is(State.Ended))
        {
            return SendStatus.Pending;
        }

        if (!LiesInFile(batch))
        {
            Submit(_send);
            return SendStatus.Pending;
        }

        if (!TrySendFile(_send))
        {
            return SendStatus.Pending;
        }

        Owner.Return(_send);
        _send = null;
        return SendStatus.Released;
    }

    /// <summary>A send has ended, or the kernel has released the memory of one.</summary>
    public void OnSend(SendOperation send, OperationKind kind, in CompletionEntry completion)
    {
        if (kind == OperationKind.Cancel)
        {
            CancelSend();
        }
        else if (kind != OperationKind.Send)
        {
            OnFileReady(send, kind, completion.Result);
        }
        else if ((completion.Flags & CompletionFlags.Notification) != 0)
        {
            OnNotification(send, completion.Result);
        }
        else
        {
            send.IsInFlight = false;
            send.Notifications += completion.HasMore ? 1 : 0;
            OnSent(send, completion.Result);
        }
    }

    private void OnSent(SendOperation send, int result)
    {
        if (result > 0)
        {
            Channel.Counters.CountSend(result);
            send.Position = send.Position.Advance(send.Batch, result);
        }

        if (Is(State.Ended))
        {
            Enqueue();
        }
        else if (result < 0 && !IsPassing(send, -result))
        {
            Fail(-result);
        }
        else if (!send.Position.IsEnd(send.Batch))
        {
            Submit(send);
        }
        else
        {
            OnAccepted(send);
        }
    }

    /// <summary>Whether a failure is none of the connection: it is sent again, by copying if that was what failed.</summary>
    private bool IsPassing(SendOperation send, int error)
    {
        if (send.IsZeroCopy && error is Errno.NoMemory or Errno.NoBuffers or Errno.NotSupported)
        {
            _state |= State.Copying;
            return true;
        }

        return error is Errno.Interrupted or Errno.Again;
    }

    private void OnAccepted(SendOperation send)
    {
        var batch = send.Batch;
        batch.WasTakenAtOnce = Owner.HasNotWaitedSince(send.Round);
        _send = null;
        if (send.Notifications > 0)
        {
            _unreleased++;
            RaiseSendAccepted(batch);
        }
        else
        {
            Owner.Return(send);
            RaiseSendAccepted(batch);
            RaiseSendReleased(batch);
        }

        if (Is(State.ShuttingDown) && !Is(State.ShutDown | State.Ended) && _send is null)
        {
            EndSending();
        }
    }

    private void OnNotification(SendOperation send, int usage)
    {
        // IORING_NOTIF_USAGE_ZC_COPIED, the sign bit: the device could not send the pages themselves.
        Owner.RingCounters.ZeroCopyCopied += usage < 0 ? 1 : 0;
        if (usage < 0 && Owner.Options.ZeroCopy == ZeroCopyPolicy.Throughput)
        {
            _state |= State.Copying;
        }

        send.Notifications--;
        if (ReferenceEquals(send, _send))
        {
            if (Is(State.Ended))
            {
                Enqueue();
            }

            return;
        }

        if (send.Notifications > 0)
        {
            return;
        }

        _unreleased--;
        var batch = send.Batch;
        Owner.Return(send);
        RaiseSendReleased(batch);
        if (Is(State.Ended))
        {
            Enqueue();
        }
        else
        {
            EndIfBothDirectionsHave();
        }
    }

    private void Submit(SendOperation send)
    {
        var (batch, position) = (send.Batch, send.Position);
        send.IsZeroCopy = TryFindRegistered(position.Rest(batch, position.Index), out var index);
        if (send.IsZeroCopy)
        {
            SubmitZeroCopy(send, position.Rest(batch, position.Index), index);
            return;
        }

        var end = position.Index + 1;
        while (end < batch.Count && end - position.Index < MaximumVectors && !TryFindRegistered(batch.Extents[end], out _))
        {
            end++;
        }

        if (end - position.Index == 1)
        {
            SubmitSingle(send, position.Rest(batch, position.Index));
        }
        else
        {
            SubmitGather(send, end);
        }
    }

    private bool TryFindRegistered(Extent extent, out ushort index)
    {
        index = 0;
        return !Is(State.Copying) && Owner.TryFindRegistered(extent, out index);
    }

    private void SubmitSingle(SendOperation send, Extent extent)
    {
        ref var entry = ref NextSend(send, Opcode.Send);
        entry.Address = (ulong)extent.Pointer;
        entry.Length = (uint)extent.Length;
    }

    private void SubmitZeroCopy(SendOperation send, Extent extent, ushort index)
    {
        Owner.RingCounters.ZeroCopySends++;
        ref var entry = ref NextSend(send, Opcode.SendZeroCopy);
        entry.Modifiers = (ushort)(TransferFlags.FixedBuffer | TransferFlags.ReportUsage);
        entry.BufferIndex = index;
        entry.Address = (ulong)extent.Pointer;
        entry.Length = (uint)extent.Length;
    }

    private void SubmitGather(SendOperation send, int end)
    {
        var (batch, position) = (send.Batch, send.Position);
        var count = end - position.Index;
        var length = sizeof(MessageHeader) + (count * sizeof(IoVector));
        Owner.Ring.Reserve(1, length);

        // The kernel copies header and vectors when it takes the entry.
        var header = (MessageHeader*)Owner.Ring.TakeScratch(length);
        var vectors = (IoVector*)(header + 1);
        *header = new MessageHeader { Vectors = vectors, VectorCount = (nuint)count };
        for (var index = 0; index < count; index++)
        {
            var extent = position.Rest(batch, position.Index + index);
            vectors[index] = new IoVector { Base = extent.Pointer, Length = (nuint)extent.Length };
        }

        ref var entry = ref NextSend(send, Opcode.SendMessage);
        entry.Address = (ulong)header;
        entry.Length = 1;
    }

    private ref SubmissionEntry NextEntry(SendOperation send, Opcode opcode, OperationKind kind)
    {
        send.IsInFlight = true;
        send.Kind = kind;
        ref var entry = ref Owner.Ring.Next();
        entry.Opcode = opcode;
        entry.Flags = EntryFlags.FixedFile;
        entry.File = _file;
        entry.UserData = OperationTable.Key(send.Key, kind);
        return ref entry;
    }

    private ref SubmissionEntry NextSend(SendOperation send, Opcode opcode)
    {
        ref var entry = ref NextEntry(send, opcode, OperationKind.Send);

        // The kernel goes on by itself until everything is accepted.
        entry.OperationFlags = MessageFlags.WaitAll | MessageFlags.NoSignal;
        return ref entry;
    }

    private void CancelSend()
    {
        if (_send is { IsInFlight: true } send && Is(State.Ended))
        {
            Owner.Cancel(send.Key, send.Kind);
        }
    }
}
