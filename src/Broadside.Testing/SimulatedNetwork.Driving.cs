namespace Broadside.Testing;

/// <content>Who does what when: time and turns.</content>
public sealed partial class SimulatedNetwork
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly List<SimulatedChannel> _candidates = [];
    private int _driver;
    private volatile bool _isStopping;

    // How far time may move: only to what is under way in the network, or to timers too.
    private enum Horizon
    {
        Traffic,
        Timers,
    }

    /// <summary>Does the next thing, if need be after moving time to it.</summary>
    /// <returns>False if there is nothing: no callback, work or traffic, and no timer to wait for.</returns>
    /// <exception cref="InvalidOperationException">The network is being driven already, by another thread or further up the stack.</exception>
    public bool Step() => Drive(() => StepWithin(long.MaxValue, Horizon.Timers));

    /// <summary>
    /// Goes on until nothing is to be done and nothing is on its way. Time moves with the traffic, and timers that come due
    /// meanwhile fire; but where only timers are left, it stops.
    /// </summary>
    /// <exception cref="InvalidOperationException">As for <see cref="Step"/>.</exception>
    public void RunUntilIdle() => Drive(() =>
    {
        while (StepWithin(long.MaxValue, Horizon.Traffic))
        {
        }

        return true;
    });

    /// <summary>Lets time pass: everything due within <paramref name="span"/> happens, and then it is that much later.</summary>
    /// <param name="span">How long; not negative.</param>
    /// <exception cref="InvalidOperationException">As for <see cref="Step"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The span is negative.</exception>
    public void Advance(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        RunUntil(static () => false, span);
    }

    /// <summary>Goes on until <paramref name="condition"/> holds.</summary>
    /// <param name="condition">Asked before each step.</param>
    /// <param name="limit">The most virtual time that may pass; <see cref="TimeSpan.MaxValue"/> for as long as anything happens.</param>
    /// <returns>Whether the condition holds; if not, the limit has passed.</returns>
    /// <exception cref="InvalidOperationException">As for <see cref="Step"/>.</exception>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return Drive(() =>
        {
            var end = EndOf(limit);
            while (!condition())
            {
                if (!StepWithin(end, Horizon.Timers))
                {
                    // Without a limit there is no time to move to.
                    TimeProvider.MoveTo(end == long.MaxValue ? Now : end);
                    return condition();
                }
            }

            return true;
        });
    }

    /// <summary>
    /// Runs an asynchronous program to its end. What follows its awaits runs on this thread too, in an order drawn from the seed, so
    /// that the program replays; it waits by <see cref="Task.Delay(TimeSpan, TimeProvider)"/> with <see cref="TimeProvider"/>.
    /// </summary>
    /// <param name="program">The program; its exception is thrown here.</param>
    /// <param name="limit">The most virtual time it may take.</param>
    /// <exception cref="TimeoutException">It did not end within the limit, or waits for what will not happen.</exception>
    /// <exception cref="InvalidOperationException">As for <see cref="Step"/>.</exception>
    public void Run(Func<Task> program, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(program);
        Drive(() =>
        {
            var previous = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(_continuations);
            try
            {
                RunToEnd(program(), EndOf(limit));
                return true;
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(previous);
            }
        });
    }

    /// <summary>Tells a driver that waits that there is something to do. From any thread.</summary>
    internal void Wake()
    {
        if (Volatile.Read(ref _driver) != Environment.CurrentManagedThreadId)
        {
            _wakeUp.Set();
        }
    }

    /// <summary>Waits until another thread has posted work. For drivers of programs that use threads.</summary>
    /// <param name="patience">How long, in real time.</param>
    internal bool WaitForWork(TimeSpan patience) => _wakeUp.Wait(patience);

    /// <summary>Gives a channel that is to stop its turn at once, unless somebody drives the network and will.</summary>
    internal void StopNow(SimulatedChannel channel)
    {
        if (!TryBeginDriving())
        {
            Wake();
            return;
        }

        _isStopping = true;
        try
        {
            channel.TakeTurn();
        }
        finally
        {
            _isStopping = false;
            EndDriving();
        }
    }

    private long EndOf(TimeSpan limit) => limit.Ticks > long.MaxValue - Now ? long.MaxValue : Now + limit.Ticks;

    private void RunToEnd(Task program, long end)
    {
        while (!program.IsCompleted)
        {
            if (!StepWithin(end, Horizon.Timers) && !_wakeUp.Wait(Patience) && !program.IsCompleted)
            {
                throw new TimeoutException("The program has not ended within its limit, or waits for what will not happen.");
            }
        }

        program.GetAwaiter().GetResult();
    }

    private bool Drive(Func<bool> action)
    {
        if (!TryBeginDriving() && !TryBeginAfterStop())
        {
            throw new InvalidOperationException("The network is being driven already, by another thread or further up the stack.");
        }

        try
        {
            return action();
        }
        finally
        {
            EndDriving();
        }
    }

    private bool TryBeginDriving() => Interlocked.CompareExchange(ref _driver, Environment.CurrentManagedThreadId, 0) == 0;

    // Another thread may stop a channel at any time, which takes it no longer than a turn.
    private bool TryBeginAfterStop()
    {
        var spin = default(SpinWait);
        while (_isStopping && Volatile.Read(ref _driver) != Environment.CurrentManagedThreadId)
        {
            spin.SpinOnce();
        }

        return TryBeginDriving();
    }

    private void EndDriving() => Volatile.Write(ref _driver, 0);

    private bool StepWithin(long end, Horizon horizon)
    {
        if (StepNow())
        {
            return true;
        }

        var timers = TimeProvider.NextDue;
        foreach (var channel in _channels)
        {
            timers = Math.Min(timers, channel.NextDue);
        }

        var next = Math.Min(timers, _schedule.NextDue);
        if (next > end || next == long.MaxValue || (horizon == Horizon.Traffic && _schedule.NextDue == long.MaxValue))
        {
            return false;
        }

        TimeProvider.MoveTo(Math.Max(next, Now));
        return StepNow();
    }

    // One of the things that can be done now, drawn from the seed: what an order of turns hides, another brings to light.
    private bool StepNow()
    {
        _candidates.Clear();
        foreach (var channel in _channels)
        {
            if (channel.IsReady)
            {
                _candidates.Add(channel);
            }
        }

        var isEventDue = _schedule.NextDue <= Now;
        var isTimerDue = TimeProvider.NextDue <= Now;
        var isContinuationDue = !_continuations.IsEmpty;
        var count = _candidates.Count + (isEventDue ? 1 : 0) + (isTimerDue ? 1 : 0) + (isContinuationDue ? 1 : 0);
        if (count == 0)
        {
            return false;
        }

        var choice = _random.Next(count);
        if (choice < _candidates.Count)
        {
            _candidates[choice].TakeTurn();
            return true;
        }

        choice -= _candidates.Count;
        if (isEventDue && choice-- == 0)
        {
            _schedule.RunNext();
        }
        else if (isTimerDue && choice-- == 0)
        {
            TimeProvider.FireNext();
        }
        else
        {
            _continuations.RunNext();
        }

        return true;
    }
}
