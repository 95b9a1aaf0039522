namespace Broadside.Relay;

/// <summary>Limits that are not options: nobody who keeps to the protocol's spirit meets them.</summary>
internal static class RelayLimits
{
    /// <summary>The longest name of a channel, pattern, key or id, in bytes.</summary>
    public const int MaximumName = 4096;

    /// <summary>The most subscriptions of one client.</summary>
    public const int MaximumSubscriptions = 100_000;

    /// <summary>How many ids of the newest messages each channel and pattern remembers for UNPUBLISH.</summary>
    public const int MaximumIds = 1024;

    /// <summary>Redis's limits for whoever has not given the password.</summary>
    public const int UnauthenticatedArguments = 10;

    /// <summary>As <see cref="UnauthenticatedArguments"/>, in bytes of one argument.</summary>
    public const int UnauthenticatedArgument = 16 * 1024;

    /// <summary>What may be received at once of whoever has not given the password.</summary>
    public const int UnauthenticatedCommand = 256 * 1024;

    /// <summary>Below it not even the commands of the handshake would fit.</summary>
    public const int SmallestMaximumRecord = 1024;

    /// <summary>What a message can be longer than its command, with what its queueing costs.</summary>
    public const int MessageOverhead = MaximumName + 1024;

    /// <summary>Replies are sent once there are so many bytes of them, and at the end of what was received.</summary>
    public const int ReplyBatch = 64 * 1024;

    /// <summary>The part of the arena that publishing leaves to receiving and replying: one in so many bytes.</summary>
    public const int ArenaReserve = 8;
}
