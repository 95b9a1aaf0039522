using Broadside.Channels;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <content>
/// Sending large records from the file in which they lie. sendfile(2) is no operation of a ring: the channel's thread calls it, and
/// the ring waits for room. It takes a descriptor of the process, which a connection gets when it first needs it.
/// </content>
internal sealed unsafe partial class IoUringConnection
{
    // What one connection may send before others have their turn.
    private const int TurnLength = 1 << 20;

    // The vectors of one copying call, which lie on the stack.
    private const int MaximumCopied = 64;

    private int _descriptor = -1;

    /// <summary>Gives the descriptor back. As long as there is one, the socket would outlive the close of the direct one.</summary>
    public void CloseDescriptor()
    {
        if (_descriptor >= 0)
        {
            SystemCalls.Close(_descriptor);
            _descriptor = -1;
        }
    }

    private bool LiesInFile(SendBatch batch)
    {
        if (Owner.File is { } file && !Is(State.Copying))
        {
            foreach (var extent in batch.Extents)
            {
                if (file.Sends(extent))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Sends on until everything is accepted, which it tells; else there is no room, the turn is over, or the connection.</summary>
    private bool TrySendFile(SendOperation send)
    {
        send.IsFile = true;
        if (_descriptor < 0)
        {
            SubmitInstall(send);
            return false;
        }

        for (var left = TurnLength; left > 0;)
        {
            var sent = SendNext(send, left, out var asked);
            if (sent < 0 && sent != -Errno.Again)
            {
                OnFileFailed(send, -sent);
                return false;
            }

            if (sent > 0)
            {
                Channel.Counters.CountSend(sent);
                send.Position = send.Position.Advance(send.Batch, sent);
                left -= sent;
            }

            if (send.Position.IsEnd(send.Batch))
            {
                return true;
            }

            if (sent < asked)
            {
                SubmitPoll(send);
                return false;
            }
        }

        Enqueue();
        return false;
    }

    /// <summary>One system call: the next extent from the file, or what precedes the next such by copying.</summary>
    private int SendNext(SendOperation send, int limit, out int asked)
    {
        var (batch, position) = (send.Batch, send.Position);
        var extent = position.Rest(batch, position.Index);
        if (Owner.File!.Sends(extent))
        {
            Owner.RingCounters.FileSends++;
            asked = Math.Min(extent.Length, limit);
            return Owner.File.Send(_descriptor, extent.Slice(0, asked));
        }

        var vectors = stackalloc IoVector[MaximumCopied];
        var count = 0;
        asked = 0;
        do
        {
            vectors[count++] = new IoVector { Base = extent.Pointer, Length = (nuint)extent.Length };
            asked += extent.Length;
        }
        while (position.Index + count < batch.Count && count < MaximumCopied && asked < limit
            && !Owner.File.Sends(extent = batch.Extents[position.Index + count]));

        // What follows at once shares a segment with it.
        var flags = position.Index + count < batch.Count ? MessageFlags.More : 0;
        return SystemCalls.SendMessage(_descriptor, vectors, count, flags | MessageFlags.DontWait | MessageFlags.NoSignal);
    }

    private void OnFileFailed(SendOperation send, int error)
    {
        // Not the connection's fault: no memory, or something forbids the call.
        if (error is Errno.NoMemory or Errno.NoBuffers or Errno.Invalid or Errno.NoSystemCall or Errno.NotPermitted)
        {
            CopyFromNowOn(error);
            Submit(send);
        }
        else if (error == Errno.Interrupted)
        {
            Enqueue();
        }
        else
        {
            Fail(error);
        }
    }

    /// <summary>The descriptor is there, or there is room.</summary>
    private void OnFileReady(SendOperation send, OperationKind kind, int result)
    {
        send.IsInFlight = false;
        if (kind == OperationKind.InstallFile)
        {
            TakeDescriptor(result);
        }

        if (Is(State.Ended))
        {
            Enqueue();
        }
        else
        {
            SendFileOn(send);
        }
    }

    private void TakeDescriptor(int result)
    {
        // Else the call would wait for room. The ring's own operations do not go by that flag, but by their own.
        var outcome = result < 0 ? result : SystemCalls.SetNonBlocking(result);
        _descriptor = result;
        if (outcome < 0)
        {
            CloseDescriptor();
            CopyFromNowOn(-outcome);
        }
    }

    private void SendFileOn(SendOperation send)
    {
        if (Is(State.Copying))
        {
            Submit(send);
        }
        else if (TrySendFile(send))
        {
            OnAccepted(send);
        }
    }

    /// <summary>Goes on after the turns of others.</summary>
    private void ResumeFile()
    {
        if (_send is { IsFile: true, IsInFlight: false } send)
        {
            SendFileOn(send);
        }
    }

    private void CopyFromNowOn(int error)
    {
        _state |= State.Copying;
        CloseDescriptor();
        Owner.TellOfCopying(error);
    }

    private void SubmitInstall(SendOperation send) => NextEntry(send, Opcode.InstallFile, OperationKind.InstallFile);

    private void SubmitPoll(SendOperation send)
    {
        ref var entry = ref NextEntry(send, Opcode.Poll, OperationKind.Writable);
        entry.OperationFlags = PollEvents.Writable;
    }
}
