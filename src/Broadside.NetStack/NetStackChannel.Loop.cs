using System.Diagnostics;
using Broadside.Channels;
using Broadside.NetStack.Steering;
using Broadside.Sockets;

namespace Broadside.NetStack;

/// <content>
/// The thread, turn by turn: a burst in, what it brought, the application's round, a burst out. It sleeps in the device when there is
/// nothing to do.
/// </content>
internal sealed partial class NetStackChannel
{
    private const int Running = 0;
    private const int Sleeping = 1;
    private const int Woken = 2;

    // A sleep and its end cost about as much as so long a wait.
    private static readonly long SpinTicks = Stopwatch.Frequency * 3 / 1_000_000;

    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int? _processor;
    private readonly long _start;
    private int _wakeState;
    private int _started;
    private int _stopping;
    private bool _spins;
    private bool _hasFailed;

    /// <summary>The stack's time: since the channel was made, as of this turn.</summary>
    public TimeSpan Time { get; private set; }

    /// <summary>Whether the channel was stopped and everything on it has ended.</summary>
    private bool IsFinished => IsStopped && _connectionCount == 0 && _datagramSockets.Count == 0;

    private bool IsIdle => !HasWork && !Stack.HasWork && Ready.IsEmpty && _reporting.Count == 0;

    public override void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("The channel was started before.");
        }

        try
        {
            Open();
        }
        catch
        {
            StartThread(End);
            throw;
        }

        StartThread(Run);
    }

    public override Task StopAsync()
    {
        if (Interlocked.Exchange(ref _stopping, 1) == 0)
        {
            if (Interlocked.Exchange(ref _started, 1) == 0)
            {
                StartThread(End);
            }

            PostCompletion(new ActionWork(() => EndEverything(CloseReason.ChannelStopped, null)));
        }

        return _stopped.Task;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Only a sleeping thread costs a call of the device. The work was made visible before the fence here, and the thread leaves the
    /// woken state with a fence before it looks for work.
    /// </remarks>
    protected override void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _wakeState) != Woken && Interlocked.Exchange(ref _wakeState, Woken) == Sleeping)
        {
            _device!.Wake();
        }
    }

    private void Run()
    {
        try
        {
            ProcessorAffinity.PinThread(_processor);
            EnterThread();
            RunToEnd();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        SealWork();
        if (_attachment.Member is { IsKeeper: true } keeper && keeper.Group.TryOutlive())
        {
            ServeOthers(keeper.Group);
            return;
        }

        Stack.Dispose();
        _stopped.SetResult();
    }

    /// <summary>The channel has stopped; but others send and receive by its device.</summary>
    private void ServeOthers(SteeringGroup group)
    {
        Stack.Tcp.Dispose();
        _stopped.SetResult();
        try
        {
            while (group.HasOthers)
            {
                ReadTime();
                var hasReceived = Stack.Receive(Time);
                Stack.Poll(Time);
                if (_device!.Failure is not null)
                {
                    break;
                }

                if (!hasReceived && !Stack.HasWork)
                {
                    var wait = Stack.NextDeadline == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : Stack.NextDeadline - Time;
                    _device!.Wait(wait < TimeSpan.Zero && wait != Timeout.InfiniteTimeSpan ? TimeSpan.Zero : wait, Stack.NeedsRoom);
                }
            }

            // What the last of them said as it went.
            Stack.Receive(Time);
            Stack.Poll(Time);
        }
        catch (Exception exception)
        {
            NetStackLog.ChannelFailed(Logger, exception, Index);
        }

        Stack.Dispose();
    }

    private void StartThread(ThreadStart body) =>
        new Thread(body) { IsBackground = true, Name = $"broadside-netstack-{Index}" }.UnsafeStart();

    /// <summary>The life of a channel that has no stack: what was posted runs, and that is all.</summary>
    private void End()
    {
        EnterThread();
        RefuseWork();
        SealWork();
        _stopped.SetResult();
    }

    /// <summary>Works until the channel has been stopped and everything on it has ended.</summary>
    private void RunToEnd()
    {
        while (!IsFinished)
        {
            Interlocked.Exchange(ref _wakeState, Running);
            var hasReceived = RunTurn();
            if (_device!.Failure is { } failure && !_hasFailed)
            {
                _hasFailed = true;
                if (_attachment.Member is { IsKeeper: true } keeper)
                {
                    keeper.Group.Fail(failure);
                }

                NetStackLog.DeviceFailed(Logger, failure, _device!.Name, Index);
                EndEverything(CloseReason.NetworkError, failure);
            }
            else if (!hasReceived && IsIdle && !IsFinished)
            {
                Sleep();
            }
        }

        RunRound();
        Stack.AbortAll(Time);
    }

    private bool RunTurn()
    {
        ReadTime();
        var hasReceived = Stack.Receive(Time);
        Stack.DeliverEvents(Time);
        Ready.Run();
        ReportDatagrams();
        RunRound();
        ReadTime();
        Stack.Poll(Time);
        Releases.Release();
        return hasReceived;
    }

    private void ReportDatagrams()
    {
        // What is added meanwhile waits for the next turn.
        var count = _reporting.Count;
        for (var index = 0; index < count; index++)
        {
            _reporting[index].Report();
        }

        _reporting.RemoveRange(0, count);
    }

    private void ReadTime() => Time = TimeProvider.GetElapsedTime(_start);

    private void Sleep()
    {
        var wait = TimeUntilDue();
        if (wait == TimeSpan.Zero || (_spins && Spin()))
        {
            return;
        }

        if (Interlocked.CompareExchange(ref _wakeState, Sleeping, Running) != Running)
        {
            return;
        }

        Counters.CountWait();
        var start = Stopwatch.GetTimestamp();
        _device!.Wait(wait, forRoom: Stack.NeedsRoom || !Releases.IsEmpty);

        // Spinning pays where work comes sooner than a sleep takes.
        _spins = Stopwatch.GetTimestamp() - start < SpinTicks && Environment.ProcessorCount > 1;
    }

    /// <summary>Waits a little for what would end a sleep at once; false when nothing came.</summary>
    private bool Spin()
    {
        var end = Stopwatch.GetTimestamp() + SpinTicks;
        while (Stopwatch.GetTimestamp() < end)
        {
            ReadTime();
            if (Stack.Receive(Time) || !IsIdle || Volatile.Read(ref _wakeState) == Woken)
            {
                return true;
            }

            Thread.SpinWait(10);
        }

        _spins = false;
        return false;
    }

    /// <summary>How long nothing is due: of the stack's, of the channel's timers, of the device's own.</summary>
    private TimeSpan TimeUntilDue()
    {
        var now = TimeProvider.GetTimestamp();
        var stack = Stack.NextDeadline;
        var wait = stack == TimeSpan.MaxValue ? stack : stack - TimeProvider.GetElapsedTime(_start, now);
        foreach (var due in (ReadOnlySpan<long>)[NextTimerDue, _device!.NextDue])
        {
            if (due != long.MaxValue && TimeProvider.GetElapsedTime(now, due) is var left && left < wait)
            {
                wait = left;
            }
        }

        return wait == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private void EndEverything(CloseReason reason, Exception? error)
    {
        RefuseWork();
        while (_listeners.Count > 0)
        {
            _listeners[^1].Close();
        }

        for (var index = 0; index < _connectionCount; index++)
        {
            _connections[index]!.Abort(reason, error);
        }

        foreach (var socket in _datagramSockets)
        {
            socket.End(error);
        }
    }

    /// <summary>The end of a channel that cannot go on for a fault of ours: once more everybody is told and gets its memory back.</summary>
    private void Fail(Exception failure)
    {
        NetStackLog.ChannelFailed(Logger, failure, Index);
        try
        {
            EndEverything(CloseReason.NetworkError, failure);
            RunToEnd();
        }
        catch (Exception exception)
        {
            NetStackLog.ChannelFailed(Logger, exception, Index);
        }
    }
}
