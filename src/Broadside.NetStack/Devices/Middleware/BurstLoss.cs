namespace Broadside.NetStack.Devices;

/// <summary>
/// The model of Gilbert and Elliott: a line is good or bad, changes with each frame with these probabilities, and loses by its state.
/// </summary>
internal sealed record BurstLoss
{
    /// <summary>How likely a good line becomes bad.</summary>
    public required double Worsening { get; init; }

    /// <summary>How likely a bad line becomes good; its inverse is a burst's mean length.</summary>
    public required double Recovery { get; init; }

    public double LossWhenGood { get; init; }

    public double LossWhenBad { get; init; } = 1;

    public void Validate()
    {
        FaultOptions.RequireProbability(Worsening, nameof(Worsening));
        FaultOptions.RequireProbability(Recovery, nameof(Recovery));
        FaultOptions.RequireProbability(LossWhenGood, nameof(LossWhenGood));
        FaultOptions.RequireProbability(LossWhenBad, nameof(LossWhenBad));
    }
}
