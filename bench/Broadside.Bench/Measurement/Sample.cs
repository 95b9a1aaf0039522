namespace Broadside.Bench.Measurement;

/// <summary>What one run of one contender gave.</summary>
/// <param name="Value">In the case's unit.</param>
internal sealed record Sample(double Value)
{
    /// <summary>Microseconds of the server's core per unit of work.</summary>
    public double? ServerMicroseconds { get; init; }

    /// <summary>As <see cref="Value"/>, but counting what both cores were busy with.</summary>
    public double? BothCores { get; init; }

    /// <summary>The part of the time for which the server's core was busy.</summary>
    public double? ServerCore { get; init; }

    /// <summary>The part of the time for which the load had something to do.</summary>
    public double? LoadCore { get; init; }

    /// <summary>Units of work per second of time.</summary>
    public double? Rate { get; init; }

    /// <summary>Latency in microseconds: the median.</summary>
    public double? Latency { get; init; }

    /// <summary>Latency in microseconds: what 99 % stay within.</summary>
    public double? Latency99 { get; init; }

    /// <summary>What the server counted, by name, per unit of work.</summary>
    public IReadOnlyDictionary<string, double>? Counters { get; init; }
}
