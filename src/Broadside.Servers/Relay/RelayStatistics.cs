namespace Broadside.Relay;

/// <summary>What a relay has done and holds. Read while it works: the figures need not be of one moment.</summary>
public sealed record RelayStatistics
{
    /// <summary>Clients connected now.</summary>
    public required int Connections { get; init; }

    /// <summary>Clients that ever connected.</summary>
    public required long ConnectionsReceived { get; init; }

    /// <summary>Clients refused because there were <see cref="RelayOptions.MaximumConnections"/>.</summary>
    public required long ConnectionsRejected { get; init; }

    /// <summary>Channels with a subscriber.</summary>
    public required int Channels { get; init; }

    /// <summary>Patterns with a subscriber.</summary>
    public required int Patterns { get; init; }

    /// <summary>Commands executed.</summary>
    public required long Commands { get; init; }

    /// <summary>Messages published, received by somebody or not.</summary>
    public required long Published { get; init; }

    /// <summary>The sum of the messages' receivers.</summary>
    public required long Deliveries { get; init; }

    /// <summary>Receivers from whom UNPUBLISH took a message in time.</summary>
    public required long Withdrawn { get; init; }

    /// <summary>Publications refused because there was no memory for them.</summary>
    public required long Refused { get; init; }

    /// <summary>Times a publisher was held back until its subscribers had caught up.</summary>
    public required long Waits { get; init; }

    /// <summary>Subscribers disconnected because they lagged too far.</summary>
    public required long SlowDisconnected { get; init; }

    /// <summary>Messages that subscribers did not get because they lagged too far.</summary>
    public required long Dropped { get; init; }
}
