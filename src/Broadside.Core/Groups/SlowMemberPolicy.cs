namespace Broadside;

/// <summary>What happens to a member that lags further behind its group than <see cref="GroupOptions.MaximumLag"/>.</summary>
public enum SlowMemberPolicy
{
    /// <summary>It is disconnected. The default.</summary>
    Disconnect,

    /// <summary>It loses the oldest of its pending records, least urgent first, and is given notice of the gap.</summary>
    DropOldest,

    /// <summary>Senders wait for it, up to <see cref="GroupOptions.WaitTimeout"/>; then it is disconnected.</summary>
    Wait,
}
