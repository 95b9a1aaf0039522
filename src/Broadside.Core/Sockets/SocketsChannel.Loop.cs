using Broadside.Channels;

namespace Broadside.Sockets;

/// <content>The thread: rounds while there is work, sleep when there is none, an orderly end.</content>
internal sealed partial class SocketsChannel
{
    private const int Running = 0;
    private const int Sleeping = 1;
    private const int Woken = 2;

    private readonly int? _processor;
    private readonly AutoResetEvent _wakeUp = new(false);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _wakeState;
    private int _started;
    private int _stopping;

    /// <summary>Whether the channel was stopped and everything on it has ended.</summary>
    private bool IsFinished => IsStopped && _connectionCount == 0 && _datagramSockets.Count == 0;

    public override void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("The channel was started before.");
        }

        new Thread(Run) { IsBackground = true, Name = $"broadside-sockets-{Index}" }.UnsafeStart();
    }

    public override Task StopAsync()
    {
        if (Interlocked.Exchange(ref _stopping, 1) == 0)
        {
            if (Volatile.Read(ref _started) == 0)
            {
                Start();
            }

            PostCompletion(new ActionWork(EndEverything));
        }

        return _stopped.Task;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Only a sleeping thread costs a system call. The work was made visible before the fence here, and the thread leaves the
    /// woken state with a fence before it looks for work: so a caller who finds the state woken will not be overlooked.
    /// </remarks>
    protected override void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _wakeState) != Woken && Interlocked.Exchange(ref _wakeState, Woken) == Sleeping)
        {
            _wakeUp.Set();
        }
    }

    private void Run()
    {
        try
        {
            ProcessorAffinity.PinThread(_processor);
            EnterThread();
            while (!IsFinished)
            {
                Interlocked.Exchange(ref _wakeState, Running);
                RunRound();
                if (!HasWork && !IsFinished)
                {
                    Sleep();
                }
            }

            RunRound();
            SealWork();
            ReleaseMemory();
            _stopped.SetResult();
        }
        catch (Exception exception)
        {
            ChannelLog.RoundFaulted(Logger, exception, Index);
            _stopped.SetException(exception);
        }
    }

    private void Sleep()
    {
        var wait = Timeout.Infinite;
        if (NextTimerDue != long.MaxValue)
        {
            // Rounded up: a timer is never early.
            var remaining = TimeProvider.GetElapsedTime(TimeProvider.GetTimestamp(), NextTimerDue);
            wait = (int)Math.Clamp(Math.Ceiling(remaining.TotalMilliseconds), 0, int.MaxValue);
        }

        if (wait != 0 && Interlocked.CompareExchange(ref _wakeState, Sleeping, Running) == Running)
        {
            Counters.CountWait();
            _wakeUp.WaitOne(wait);
        }
    }

    private void EndEverything()
    {
        RefuseWork();
        while (_listeners.Count > 0)
        {
            _listeners[^1].Close();
        }

        for (var index = 0; index < _connectionCount; index++)
        {
            _connections[index]!.Abort(CloseReason.ChannelStopped);
        }

        foreach (var socket in _datagramSockets)
        {
            socket.Close();
        }
    }

    private void ReleaseMemory()
    {
        _buffer?.Release();
        _buffer = null;
        Empty(_receiveOperations);
        Empty(_sendOperations);
        _wakeUp.Dispose();
    }
}
