using System.Diagnostics;
using System.Runtime.InteropServices;
using Broadside.Channels;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <content>The thread: rounds while there is work, one entry into the kernel for each, sleep when there is none, an orderly end.</content>
internal sealed unsafe partial class IoUringChannel
{
    private const int Running = 0;
    private const int Sleeping = 1;
    private const int Woken = 2;
    private const uint WorkerThreads = 4;

    // From so many operations on they are submitted before a wait, not with it: that costs an entry into the kernel for all of them, and
    // tells which sends were taken at once.
    private const uint SubmittedFirst = 8;

    // A sleep and its end cost about as much as so long a wait.
    private static readonly long SpinTicks = Stopwatch.Frequency * 3 / 1_000_000;

    [ThreadStatic]
    private static IoUringChannel? _current;

    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EventReader _eventReader;
    private Linger* _resetOnClose;
    private ulong? _readerKey;
    private int _wakeState;
    private int _started;
    private int _stopping;
    private bool _spins;
    private bool _mayHaveWaited;

    /// <summary>Rounds so far.</summary>
    public long Rounds { get; private set; }

    /// <summary>The descriptor to which other rings send messages: the ring's, or in tests one that takes none.</summary>
    public int MessageFile { get; set; }

    /// <summary>Whether the thread ends: nothing starts any more.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>Whether the channel was stopped and everything on it has ended.</summary>
    private bool IsFinished => IsStopped && _connectionCount == 0 && _datagramSockets.Count == 0 && _pendingListeners == 0;

    private bool IsIdle => !HasWork && Ready.IsEmpty && !Ring.HasCompletions;

    public override void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("The channel was started before.");
        }

        // A ring belongs to the thread that makes it: whether there is one is known only there.
        new Thread(Run) { IsBackground = true, Name = $"broadside-iouring-{Index}" }.UnsafeStart();
        _opened.Task.GetAwaiter().GetResult();
    }

    public override Task StopAsync()
    {
        if (Interlocked.Exchange(ref _stopping, 1) == 0)
        {
            if (Volatile.Read(ref _started) == 0)
            {
                Start();
            }

            PostCompletion(new StopWork(this));
        }

        return _stopped.Task;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Only a sleeping thread costs anything: a message in the waker's own ring where it has one, else a system call. The work was made
    /// visible before the fence here, and the thread leaves the woken state with a fence before it looks for work.
    /// </remarks>
    protected override void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _wakeState) == Woken || Interlocked.Exchange(ref _wakeState, Woken) != Sleeping)
        {
            return;
        }

        if (_current is { } sender)
        {
            sender.SendMessage(MessageFile, _readerKey!.Value);
        }
        else
        {
            _eventReader.Signal();
        }
    }

    /// <summary>Whether what was handed over in a round has ended in the entry into the kernel that followed it.</summary>
    public bool HasNotWaitedSince(long round) => round + 1 == Rounds && !_mayHaveWaited;

    private void Run()
    {
        try
        {
            if (Processor is { } processor)
            {
                SystemCalls.PinThread(processor);
            }

            EnterThread();
            Open();
        }
        catch (Exception exception)
        {
            IoUringLog.ChannelFailed(Logger, exception, Index);
            RefuseWork();
            SealWork();
            BeginClosing();
            Release();
            _opened.SetException(exception);
            _stopped.SetResult();
            return;
        }

        _opened.SetResult();
        try
        {
            RunToEnd();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        _stopped.SetResult();
    }

    /// <summary>Works until the channel has been stopped and everything on it has ended.</summary>
    private void RunToEnd()
    {
        _current = this;
        while (!IsFinished)
        {
            if (_hasGivenUp)
            {
                throw new TimeoutException($"What was pending did not end within {GiveUpAfter}.");
            }

            Interlocked.Exchange(ref _wakeState, Running);
            Rounds++;
            RunEverything();
            _mayHaveWaited = IsIdle && !IsFinished && Ring.Pending < SubmittedFirst;
            if (_mayHaveWaited)
            {
                Sleep();
            }
            else if (Ring.Pending > 0 || Ring.HasDeferredWork)
            {
                Ring.Submit();
            }
        }

        RunRound();
        SealWork();
        Close();
    }

    private void Open()
    {
        _ring = new Ring(Math.Min(Ring.DefaultSubmissions, Options.CompletionEntries), Options.CompletionEntries, RingCounters);
        RegisteredFiles.Register(_ring, Options.MaximumConnections);
        _buffers = new ReceiveBuffers(_ring, Arena);
        _resetOnClose = (Linger*)NativeMemory.Alloc((nuint)sizeof(Linger));
        *_resetOnClose = new Linger { IsOn = 1, Seconds = 0 };

        // Only ends of direction need a worker (IORING_OP_SHUTDOWN); the kernel would start one for each that is pending.
        var workers = stackalloc uint[] { WorkerThreads, WorkerThreads };
        _ = _ring.Register(RegisterOperation.WorkQueueMaximumWorkers, workers, 2);
        _eventReader.Start();
        _readerKey = EventReaders.Add(_eventReader);
        MessageFile = _ring.File;
    }

    private void RunEverything()
    {
        while (Ring.TryTake(out var completion))
        {
            Dispatch(completion);
        }

        foreach (var socket in _delivering)
        {
            socket.Deliver();
        }

        _delivering.Clear();
        foreach (var connection in Ready.BeginTurn())
        {
            connection.OnReady();
        }

        Ready.EndTurn();
        RunRound();
        foreach (var connection in Adjusting.BeginTurn())
        {
            connection.ApplyReceive();
        }

        Adjusting.EndTurn();
    }

    private void Dispatch(in CompletionEntry completion)
    {
        try
        {
            var kind = OperationTable.KindOf(completion.UserData);
            switch (kind)
            {
                case OperationKind.Ignored or OperationKind.Message:
                    break;
                case OperationKind.Wake:
                    _eventReader.OnCompletion(kind, completion);
                    break;
                case OperationKind.MessageSent:
                    // No memory for it (ENOMEM), no ring any more (EBADFD), no room: the channel must not sleep on.
                    RingCounters.FailedMessages++;
                    EventReaders.Signal(completion);
                    break;
                default:
                    Operations.Find(completion)?.OnCompletion(kind, completion);
                    break;
            }
        }
        catch (Exception exception)
        {
            IoUringLog.CompletionFaulted(Logger, exception, Index);
        }
    }

    private void Sleep()
    {
        var wait = Timeout.InfiniteTimeSpan;
        if (NextTimerDue != long.MaxValue)
        {
            wait = TimeProvider.GetElapsedTime(TimeProvider.GetTimestamp(), NextTimerDue);
            if (wait <= TimeSpan.Zero)
            {
                Ring.Submit();
                return;
            }
        }

        if (_spins && Spin())
        {
            return;
        }

        if (Interlocked.CompareExchange(ref _wakeState, Sleeping, Running) != Running)
        {
            Ring.Submit();
            return;
        }

        Counters.CountWait();
        var start = Stopwatch.GetTimestamp();
        Ring.SubmitAndWait(wait);

        // Spinning pays where work comes sooner than a sleep takes.
        _spins = Stopwatch.GetTimestamp() - start < SpinTicks && Environment.ProcessorCount > 1;
    }

    /// <summary>Waits a little for what would end a sleep at once; false when nothing came.</summary>
    private bool Spin()
    {
        Ring.Submit();
        var end = Stopwatch.GetTimestamp() + SpinTicks;
        while (Stopwatch.GetTimestamp() < end)
        {
            if (Ring.HasDeferredWork)
            {
                Ring.Submit();
                return true;
            }

            if (!IsIdle || Volatile.Read(ref _wakeState) == Woken)
            {
                return true;
            }

            Thread.SpinWait(10);
        }

        _spins = false;
        return false;
    }

    private void SendMessage(int ring, ulong reader)
    {
        ref var entry = ref Ring.Next();
        entry.Opcode = Opcode.MessageRing;
        entry.Flags = EntryFlags.SkipSuccess;
        entry.File = ring;
        entry.Offset = OperationTable.Key(OperationKind.Message);
        entry.UserData = OperationTable.Key(reader, OperationKind.MessageSent);
    }

    private void EndEverything(CloseReason reason, Exception? error)
    {
        RefuseWork();
        for (var index = _listeners.Count - 1; index >= 0; index--)
        {
            _listeners[index].Close();
        }

        for (var index = 0; index < _connectionCount; index++)
        {
            _connections[index]!.Abort(reason, error);
        }

        for (var index = _datagramSockets.Count - 1; index >= 0; index--)
        {
            _datagramSockets[index].End(error);
        }
    }

    private void Close()
    {
        // What was written to the event is read before its memory goes.
        BeginClosing();
        _eventReader.Signal();
        while (_eventReader.IsReading)
        {
            Ring.SubmitAndWait(Timeout.InfiniteTimeSpan);
            while (Ring.TryTake(out var completion))
            {
                Dispatch(completion);
            }
        }

        Release();
    }

    /// <summary>From here on nobody wakes the channel, and it wakes nobody through its ring.</summary>
    private void BeginClosing()
    {
        if (IsClosing)
        {
            return;
        }

        _current = null;
        IsClosing = true;
        Interlocked.Exchange(ref _wakeState, Woken);
        if (_readerKey is { } key)
        {
            EventReaders.Remove(key);
        }
    }

    /// <summary>Gives back what the channel holds. Nothing is pending any more.</summary>
    private void Release()
    {
        CloseDescriptors();
        _eventReader.Dispose();
        _buffers?.Dispose();
        _ring?.Dispose();
        NativeMemory.Free(_resetOnClose);
        while (_openings.TryTake(out var opening))
        {
            opening.Dispose();
        }
    }

    private sealed class StopWork(IoUringChannel channel) : ChannelWork
    {
        protected override void Run() => channel.EndEverything(CloseReason.ChannelStopped, null);
    }
}
