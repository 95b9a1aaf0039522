using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>What the line to a simulated port is like. It is the receiver's: all that is sent to a port shares its line.</summary>
internal sealed record SimulatedPortOptions
{
    /// <summary>How long a frame travels, once all of it has left.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>How fast frames leave; zero if they take no time.</summary>
    public long BitsPerSecond { get; init; }

    /// <summary>How many bytes may wait to leave; what comes on top is dropped.</summary>
    public int QueueLimit { get; init; } = 1024 * 1024;

    /// <summary>With how many bytes waiting ECN-capable packets are marked; null if never.</summary>
    public int? MarkingThreshold { get; init; }

    /// <summary>How many bytes may wait, travel and lie at the receiver together: there is no line without an end.</summary>
    public int Capacity { get; init; } = 64 * 1024 * 1024;

    /// <summary>The longest IP packet, in bytes.</summary>
    public int MaximumTransmissionUnit { get; init; } = 1500;

    /// <summary>The longest frame that the port cuts into TCP segments itself; zero if it cuts none.</summary>
    public int MaximumSegmentedLength { get; init; }

    /// <summary>Whether frames that would be cut are delivered whole, as if the receiving device had joined the segments.</summary>
    public bool JoinsSegments { get; init; }

    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Latency, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(BitsPerSecond);
        ArgumentOutOfRangeException.ThrowIfNegative(QueueLimit);
        ArgumentOutOfRangeException.ThrowIfNegative(MarkingThreshold ?? 0, nameof(MarkingThreshold));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Capacity);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumTransmissionUnit, IPv4Packet.MinimumHeaderLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaximumTransmissionUnit, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfNegative(MaximumSegmentedLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaximumSegmentedLength, ushort.MaxValue);
    }
}
