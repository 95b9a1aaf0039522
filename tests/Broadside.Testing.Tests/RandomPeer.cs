using Broadside.Channels;

namespace Broadside.Testing.Tests;

/// <summary>One side of a connection in a random program: sends a stream that can be told from any other, and does everything else by chance.</summary>
internal sealed class RandomPeer(RandomProgram program, IoChannel channel, int stream, Random random) : IConnectionHandler
{
    private readonly long _goal = random.Next(4) == 0 ? random.Next(50_000) : random.Next(3_000);
    private readonly HashSet<SendBatch> _unreleased = [];
    private ChannelConnection? _connection;
    private Extent _into;
    private SendBatch? _pending;
    private bool _mayNotSend;
    private bool _isCalling;
    private bool _isEndSeen;

    /// <summary>The other side; null until accepted.</summary>
    public RandomPeer? Other { get; set; }

    public long Sent { get; private set; }

    public long Received { get; private set; }

    public CloseReason? Reason { get; private set; }

    public void OnConnected(ChannelConnection connection) => Callback(() =>
    {
        Check(_connection is null && Reason is null, "connected twice");
        _connection = connection;
        program.After(channel, random, Act);
        Send();
    });

    public void OnReceived(ReceivedSegment segment)
    {
        Check(_into.IsEmpty, "received beside the extent");
        TakeBytes(segment.Extent.Span);
        Callback(ActSometimes);
    }

    public void OnExtentReceived(Extent extent)
    {
        Check(extent == _into, "another extent");
        TakeBytes(extent.Span);
        FreeExtent();
        Callback(ActSometimes);
    }

    public void OnSendAccepted(SendBatch batch) => Callback(() =>
    {
        Check(batch == _pending && _unreleased.Contains(batch), "accepted what was not pending");
        _pending = null;
        Send();
    });

    public void OnSendReleased(SendBatch batch) => Callback(() =>
    {
        Check(_unreleased.Contains(batch), "released twice");
        FreeBatch(batch);
    });

    public void OnPeerClosed() => Callback(() =>
    {
        Check(!_isEndSeen, "two ends of stream");
        _isEndSeen = true;
        Check(Other is null || Received + Partial() == Other.Sent, "the stream ended early");
        ActSometimes();
    });

    public void OnClosed(CloseReason reason, Exception? error) => Callback(() =>
    {
        Check(reason != CloseReason.HandlerFault, error?.ToString() ?? "a handler threw");
        Check(Reason is null, "closed twice");
        Check(_unreleased.Count == 0, "closed before all was released");
        Reason = reason;
        FreeExtent();
    });

    public static byte Pattern(int stream, long position) => (byte)((position * 31) + (position >> 8) + (stream * 97));

    private void Callback(Action action)
    {
        Check(!_isCalling, "called from within a call");
        Check(Reason is null, "called after the end");
        Check(channel.IsOnThread, "called on another thread");
        action();
    }

    private void Call(Action action)
    {
        _isCalling = true;
        action();
        _isCalling = false;
    }

    private void Send()
    {
        while (!_mayNotSend && _pending is null && Reason is null && Sent < _goal && random.Next(8) > 0)
        {
            var batch = new SendBatch();
            for (var extents = random.Next(1, 5); extents > 0; extents--)
            {
                var extent = program.Arena.Allocate(random.Next(10) == 0 ? random.Next(1, 10_000) : random.Next(1, 500));
                foreach (ref var value in extent.Span)
                {
                    value = Pattern(stream, Sent++);
                }

                batch.Add(extent);
            }

            _unreleased.Add(batch);
            var status = SendStatus.Pending;
            Call(() => status = _connection!.Send(batch));
            _pending = status == SendStatus.Pending ? batch : null;
            if (status == SendStatus.Released)
            {
                FreeBatch(batch);
            }
        }
    }

    private void ActSometimes()
    {
        if (random.Next(3) == 0)
        {
            ActOnce();
        }
    }

    // Acts again and again, and closes in the end.
    private void Act()
    {
        if (Reason is not null)
        {
            return;
        }

        ActOnce();
        if (random.Next(20) == 0)
        {
            Call(_connection!.ResumeReceive);
            Close();
        }
        else
        {
            program.After(channel, random, Act);
        }
    }

    private void ActOnce()
    {
        switch (random.Next(60))
        {
            case 0:
                _mayNotSend = true;
                Call(() => _connection!.Abort());
                break;
            case 1:
                Close();
                break;
            case 2:
                _mayNotSend = true;
                Call(_connection!.ShutdownSend);
                break;
            case < 10:
                Call(_connection!.PauseReceive);
                break;
            case < 25:
                Call(_connection!.ResumeReceive);
                break;
            case < 30 when _into.IsEmpty:
                _into = program.Arena.Allocate(random.Next(1, 20_000));
                _into.Span.Fill(unchecked((byte)~Pattern(stream, 0)));
                Call(() => _connection!.ReceiveInto(_into));
                break;
            default:
                Send();
                break;
        }
    }

    private void Close()
    {
        _mayNotSend = true;
        Call(_connection!.Close);
    }

    private void TakeBytes(ReadOnlySpan<byte> bytes)
    {
        var isAsSent = true;
        foreach (var value in bytes)
        {
            isAsSent &= value == Pattern(~stream, Received++);
        }

        Check(isAsSent, "other bytes than were sent");
    }

    // How much of an unfinished extent must have been filled when the stream has ended.
    private long Partial() => _into.IsEmpty ? 0 : Math.Min(Other!.Sent - Received, _into.Length - 1);

    private void FreeExtent()
    {
        if (!_into.IsEmpty)
        {
            program.Arena.Free(_into);
            _into = default;
        }
    }

    private void FreeBatch(SendBatch batch)
    {
        _unreleased.Remove(batch);
        foreach (var extent in batch.Extents)
        {
            extent.Span.Fill(0xDD);
            program.Arena.Free(extent);
        }
    }

    private void Check(bool condition, string failure) => program.Check(condition, $"Stream {stream}: {failure}.");
}
