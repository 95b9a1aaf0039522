using System.Diagnostics;
using Broadside.Bench.Machine;
using Broadside.Bench.Measurement;

namespace Broadside.Bench.Load;

/// <summary>One thread that has a set number of requests under way: an answer is followed by the next request.</summary>
/// <param name="spins">
/// Whether it looks for answers without sleeping: waking it would be the server's work. Where the server has both cores it must sleep.
/// </param>
internal abstract class ClosedLoopLoad(bool spins) : IDisposable
{
    private readonly int _patience = spins ? 0 : 10;
    private readonly LatencyHistogram _latency = new();
    private double _idle;

    protected Epoll Epoll { get; } = new();

    /// <summary>Does the work a little and compares every byte that comes with what must come.</summary>
    /// <exception cref="InvalidDataException">It is not the same.</exception>
    public abstract void Check();

    /// <summary>Measures for a time, after a fifth as long in which queues fill.</summary>
    public LoadOutcome Run(double seconds)
    {
        Start();
        _latency.Clear();
        Work(seconds / 5);
        var requestsBefore = _latency.Count;
        _latency.Clear();
        _idle = 0;
        var before = CpuTimes.Now();
        var elapsed = Work(seconds);
        var after = CpuTimes.Now();
        if (_latency.Count == 0)
        {
            throw new IOException($"Nothing was answered for {seconds} s.");
        }

        return new LoadOutcome(
            _latency.Count,
            _latency.Count + requestsBefore,
            elapsed,
            after.BusySince(before, Processors.Server),
            after.BusySince(before, Processors.Load),
            elapsed - _idle,
            _latency.Microseconds(0.5),
            _latency.Microseconds(0.99));
    }

    public virtual void Dispose() => Epoll.Dispose();

    /// <summary>Sends the first requests, the first time; those under way at the end of a run are still under way at the next one's beginning.</summary>
    protected abstract void Start();

    /// <summary>A socket has something to receive.</summary>
    /// <param name="index">The index under which it is watched.</param>
    /// <param name="hasEnded">Whether nothing comes after it.</param>
    protected abstract void OnReady(int index, bool hasEnded);

    /// <summary>Counts a request that was answered.</summary>
    /// <param name="ticks">How long that took.</param>
    protected void Count(long ticks) => _latency.Record(ticks);

    private double Work(double seconds)
    {
        var started = Stopwatch.GetTimestamp();
        double elapsed = 0;
        while (elapsed < seconds)
        {
            var ready = Epoll.Wait(_patience);
            for (var position = 0; position < ready; position++)
            {
                OnReady(Epoll.Index(position), Epoll.HasEnded(position));
            }

            var now = Stopwatch.GetElapsedTime(started).TotalSeconds;
            _idle += ready == 0 ? now - elapsed : 0;
            elapsed = now;
        }

        return elapsed;
    }
}
