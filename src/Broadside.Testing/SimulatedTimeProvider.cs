namespace Broadside.Testing;

/// <summary>The virtual clock of a <see cref="SimulatedNetwork"/>: it moves only while the network is driven.</summary>
/// <remarks>
/// May be used from any thread; timers fire on the thread that drives the network. It begins at 2000-01-01 00:00 UTC, the local
/// time zone is UTC, and a timestamp counts units of 100 ns from zero.
/// </remarks>
public sealed class SimulatedTimeProvider : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly PriorityQueue<(VirtualTimer Timer, long Setting), (long Due, long Order)> _timers = new();
    private long _now;
    private long _order;

    internal SimulatedTimeProvider()
    {
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Virtual time since the network was made.</summary>
    public TimeSpan Elapsed => new(GetTimestamp());

    /// <summary>When the next timer is due; <see cref="long.MaxValue"/> without timers.</summary>
    internal long NextDue
    {
        get
        {
            lock (_lock)
            {
                DropStale();
                return _timers.TryPeek(out _, out var priority) ? priority.Due : long.MaxValue;
            }
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _now);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Start + Elapsed;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    internal void MoveTo(long now) => Volatile.Write(ref _now, now);

    /// <summary>Fires the timer due next, which is due now.</summary>
    internal void FireNext()
    {
        VirtualTimer timer;
        lock (_lock)
        {
            DropStale();
            if (!_timers.TryDequeue(out var entry, out _))
            {
                return;
            }

            timer = entry.Timer;
            if (timer.Period > 0)
            {
                SetLocked(timer, GetTimestamp() + timer.Period);
            }
        }

        timer.Fire();
    }

    private void Set(VirtualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            timer.Setting++;
            timer.Period = period.Ticks;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                SetLocked(timer, GetTimestamp() + dueTime.Ticks);
            }
        }
    }

    private void SetLocked(VirtualTimer timer, long due) => _timers.Enqueue((timer, timer.Setting), (due, _order++));

    // A timer that was changed or disposed leaves its old entry behind, which its setting number gives away.
    private void DropStale()
    {
        while (_timers.TryPeek(out var entry, out _) && entry.Setting != entry.Timer.Setting)
        {
            _timers.Dequeue();
        }
    }

    private sealed class VirtualTimer(SimulatedTimeProvider provider, TimerCallback callback, object? state) : ITimer
    {
        private bool _disposed;

        public long Setting { get; set; }

        public long Period { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (_disposed)
            {
                return false;
            }

            provider.Set(this, dueTime, period);
            return true;
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _disposed = true;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
