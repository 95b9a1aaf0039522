namespace Broadside.Testing;

/// <summary>What goes wrong in a simulated network, and how often. Probabilities are from 0 (never, the default) to 1.</summary>
public sealed record SimulatedFaultOptions
{
    /// <summary>That a connect is refused although somebody listens.</summary>
    public double ConnectRefusal { get; init; }

    /// <summary>That a segment, instead of arriving, resets its connection on both sides.</summary>
    public double Reset { get; init; }

    /// <summary>That a segment and all that follows it in its direction is held up, for up to <see cref="MaximumStall"/>.</summary>
    public double Stall { get; init; }

    /// <summary>The longest that <see cref="Stall"/> holds a segment up. Default 1 s.</summary>
    public TimeSpan MaximumStall { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>That a datagram is lost.</summary>
    public double DatagramLoss { get; init; }

    /// <summary>That a datagram arrives twice.</summary>
    public double DatagramDuplication { get; init; }

    /// <summary>That a datagram is held up for up to <see cref="MaximumReordering"/>, so that later ones overtake it.</summary>
    public double DatagramReordering { get; init; }

    /// <summary>The longest that <see cref="DatagramReordering"/> holds a datagram up. Default 10 ms.</summary>
    public TimeSpan MaximumReordering { get; init; } = TimeSpan.FromMilliseconds(10);
}
