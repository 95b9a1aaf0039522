using Broadside.Groups;

namespace Broadside;

/// <summary>Names one send, so that it can be withdrawn. A plain value; it stays usable after the record was disposed.</summary>
public readonly struct SendReceipt : IEquatable<SendReceipt>
{
    internal SendReceipt(SendQueue queue, long sequence, int priority, int members)
    {
        Queue = queue;
        Sequence = sequence;
        Priority = priority;
        Members = members;
    }

    /// <summary>How many connections it was sent to.</summary>
    public int Members { get; }

    /// <summary>Its place in the engine-wide order of sends; 0 where there was nobody to send to.</summary>
    public long Sequence { get; }

    internal SendQueue? Queue { get; }

    internal int Priority { get; }

    /// <inheritdoc/>
    public bool Equals(SendReceipt other) => ReferenceEquals(Queue, other.Queue) && Sequence == other.Sequence;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SendReceipt other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Sequence.GetHashCode();

    /// <summary>Whether two receipts name the same send.</summary>
    public static bool operator ==(SendReceipt left, SendReceipt right) => left.Equals(right);

    /// <summary>Whether two receipts name different sends.</summary>
    public static bool operator !=(SendReceipt left, SendReceipt right) => !left.Equals(right);
}
