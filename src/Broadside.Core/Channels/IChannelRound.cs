namespace Broadside.Channels;

/// <summary>
/// What a channel does at the end of every round, after completions, work items and timers: the records core binds what they
/// brought, so that one crossing into the transport serves the whole batch.
/// </summary>
public interface IChannelRound
{
    /// <summary>Whether there is something to do, so that the channel must not sleep. Read on the channel's thread.</summary>
    bool IsPending { get; }

    /// <summary>Ends the round.</summary>
    void OnRoundEnd();
}
