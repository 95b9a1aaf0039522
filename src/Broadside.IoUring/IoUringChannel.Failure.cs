using Broadside.Channels;

namespace Broadside.IoUring;

/// <content>
/// The end of a channel that cannot go on. Whoever has something on it is told, and gets its memory back: through the ring, as at a
/// stop, where that still works (a fault of ours), else without it (a fault of the kernel's).
/// </content>
internal sealed unsafe partial class IoUringChannel
{
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(5);

    private bool _hasGivenUp;

    private void Fail(Exception failure)
    {
        IoUringLog.ChannelFailed(Logger, failure, Index);
        try
        {
            if (!IsClosing)
            {
                EndEverything(CloseReason.NetworkError, failure);
                Schedule(new GiveUp(this), GiveUpAfter);
                RunToEnd();
                return;
            }
        }
        catch (Exception exception)
        {
            // The ring itself, then, or something that will not end.
            IoUringLog.RingAbandoned(Logger, exception, Index);
        }

        Abandon(failure);
    }

    /// <summary>Ends everything without the ring, whose completions will not come.</summary>
    private void Abandon(Exception failure)
    {
        try
        {
            RefuseWork();

            // First, so that nothing is received any more into memory that others get.
            Ring.Abandon();
            EndEverything(CloseReason.NetworkError, failure);
            FinishEverything();
            if (!IsClosing)
            {
                RunRound();
                SealWork();
            }
        }
        catch (Exception exception)
        {
            IoUringLog.CompletionFaulted(Logger, exception, Index);
        }
        finally
        {
            BeginClosing();

            // Messages to other rings may be among what was never submitted.
            EventReaders.SignalAll();
            Release();
        }
    }

    private void FinishEverything()
    {
        for (var index = _listeners.Count - 1; index >= 0; index--)
        {
            _listeners[index].Abandon();
        }

        foreach (var target in Operations.Targets().ToArray())
        {
            (target as SendOperation)?.Connection.Abandon((SendOperation)target);
        }

        while (_connectionCount > 0)
        {
            _connections[_connectionCount - 1]!.Abandon();
        }

        for (var index = _datagramSockets.Count - 1; index >= 0; index--)
        {
            _datagramSockets[index].Abandon();
        }
    }

    private sealed class GiveUp(IoUringChannel channel) : ChannelTimer
    {
        protected override void OnDue() => channel._hasGivenUp = true;
    }
}
