namespace Broadside.Channels;

/// <summary>What ends a channel's rounds needs of it.</summary>
internal interface IRoundHost
{
    /// <summary>The time, as a timestamp.</summary>
    long Now { get; }

    /// <summary>Has a round run soon. From any thread.</summary>
    void RequestRound();
}
