namespace Broadside.Bench.Measurement;

/// <summary>What one run of one contender gave.</summary>
/// <param name="Value">In the case's unit.</param>
internal sealed record Sample(double Value)
{
    /// <summary>Microseconds of the server's core per unit of work.</summary>
    public double? ServerMicroseconds { get; init; }

    /// <summary>As <see cref="Value"/>, but per second of both cores.</summary>
    public double? BothCores { get; init; }

    /// <summary>The part of the time for which the server's core was busy.</summary>
    public double? ServerCore { get; init; }

    /// <summary>The part of the time for which the load had something to do.</summary>
    public double? LoadCore { get; init; }
}
