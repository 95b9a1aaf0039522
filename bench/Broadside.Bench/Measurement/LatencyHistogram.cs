using System.Diagnostics;
using System.Numerics;

namespace Broadside.Bench.Measurement;

/// <summary>Counts latencies in buckets that are at most 3 % wide: recording allocates nothing, and any percentile can be asked for.</summary>
internal sealed class LatencyHistogram
{
    // 32 buckets for each power of two.
    private const int Precision = 5;
    private const int PerPower = 1 << Precision;

    private readonly long[] _counts = new long[(64 - Precision) * PerPower];

    /// <summary>How many were recorded.</summary>
    public long Count { get; private set; }

    /// <param name="ticks">A latency, in the stopwatch's ticks.</param>
    public void Record(long ticks)
    {
        _counts[Bucket(Math.Max(0, ticks))]++;
        Count++;
    }

    /// <summary>The latency within which a part of the requests were answered, in ticks; NaN without any.</summary>
    /// <param name="part">Above 0, at most 1; 0.5 is the median.</param>
    public double Percentile(double part)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(part * Count));
        long seen = 0;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= rank)
            {
                return Middle(bucket);
            }
        }

        return double.NaN;
    }

    /// <summary>As <see cref="Percentile"/>, in microseconds.</summary>
    public double Microseconds(double part) => Percentile(part) * 1e6 / Stopwatch.Frequency;

    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
    }

    // Below 32 a bucket holds one value; above, the leading six bits of a value tell its bucket.
    private static int Bucket(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value) - Precision);
        return (shift * PerPower) + (int)(value >> shift);
    }

    private static double Middle(int bucket)
    {
        var shift = Math.Max(0, (bucket / PerPower) - 1);
        var least = (long)(bucket - (shift * PerPower)) << shift;
        return least + (((1L << shift) - 1) / 2.0);
    }
}
