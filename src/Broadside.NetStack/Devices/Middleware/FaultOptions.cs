namespace Broadside.NetStack.Devices;

/// <summary>What goes wrong in one direction. Probabilities are of each frame, from 0 to 1.</summary>
internal sealed record FaultOptions
{
    public static FaultOptions None { get; } = new();

    /// <summary>How likely a frame is lost, whatever became of others.</summary>
    public double Loss { get; init; }

    /// <summary>Losses that come in bursts; null for none.</summary>
    public BurstLoss? BurstLoss { get; init; }

    public double Duplication { get; init; }

    /// <summary>How likely a frame arrives with one bit or byte changed, wherever in it.</summary>
    public double Corruption { get; init; }

    /// <summary>How likely a frame is held back so that others overtake it.</summary>
    public double Reordering { get; init; }

    /// <summary>How long such a frame is held back.</summary>
    public TimeSpan ReorderingDelay { get; init; } = TimeSpan.FromMilliseconds(1);

    public TimeSpan Delay { get; init; }

    /// <summary>By how much the delay of each frame is longer at most. It does not change their order.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>How fast frames go through; zero for no limit.</summary>
    public long BitsPerSecond { get; init; }

    /// <summary>How many bytes may be held for all these reasons together; what comes on top is lost.</summary>
    public int HoldLimit { get; init; } = 16 * 1024 * 1024;

    /// <summary>For tests: which frames to lose besides.</summary>
    public FramePredicate? Drop { get; init; }

    public void Validate()
    {
        RequireProbability(Loss, nameof(Loss));
        RequireProbability(Duplication, nameof(Duplication));
        RequireProbability(Corruption, nameof(Corruption));
        RequireProbability(Reordering, nameof(Reordering));
        ArgumentOutOfRangeException.ThrowIfLessThan(ReorderingDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(Delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(Jitter, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(BitsPerSecond);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(HoldLimit);
        BurstLoss?.Validate();
    }

    internal static void RequireProbability(double value, string name)
    {
        if (!(value >= 0 && value <= 1))
        {
            throw new ArgumentOutOfRangeException(name, value, "A probability lies between 0 and 1.");
        }
    }
}

/// <summary>Says something of a frame, link header and all.</summary>
internal delegate bool FramePredicate(ReadOnlySpan<byte> frame);
