namespace Broadside.Relay;

/// <summary>Commands that subscribe and publish. As Redis 7.0 describes them, but for the relay's extensions.</summary>
internal static class PubSubCommands
{
    public static CommandDescription[] All { get; } =
    [
        new(CommandId.Subscribe, "subscribe", -2, "pubsub noscript loading stale", "@pubsub @slow")
        {
            Summary = "Listen for messages published to the given channels",
            Since = "2.0.0",
            Group = "pubsub",
            Complexity = "O(N) where N is the number of channels to subscribe to.",
        },
        new(CommandId.Unsubscribe, "unsubscribe", -1, "pubsub noscript loading stale", "@pubsub @slow")
        {
            Summary = "Stop listening for messages posted to the given channels",
            Since = "2.0.0",
            Group = "pubsub",
            Complexity = "O(N) where N is the number of clients already subscribed to a channel.",
        },
        new(CommandId.PatternSubscribe, "psubscribe", -2, "pubsub noscript loading stale", "@pubsub @slow")
        {
            Summary = "Listen for messages published to channels matching the given patterns",
            Since = "2.0.0",
            Group = "pubsub",
            Complexity = "O(N) where N is the number of patterns the client is already subscribed to.",
        },
        new(CommandId.PatternUnsubscribe, "punsubscribe", -1, "pubsub noscript loading stale", "@pubsub @slow")
        {
            Summary = "Stop listening for messages posted to channels matching the given patterns",
            Since = "2.0.0",
            Group = "pubsub",
            Complexity = "O(N+M) where N is the number of patterns the client is already subscribed and M is the number of total patterns subscribed in the system (by any client).",
        },
        new(CommandId.Publish, "publish", -3, "pubsub loading stale fast", "@pubsub @fast")
        {
            Summary = "Post a message to a channel",
            Since = "2.0.0",
            Group = "pubsub",
            Complexity = "O(N+M) where N is the number of clients subscribed to the receiving channel and M is the total number of subscribed patterns (by any client).",
        },
        new(CommandId.Unpublish, "unpublish", 3, "pubsub loading stale fast", "@pubsub @fast")
        {
            Summary = "Withdraw a message from those it has not yet been sent to",
            Since = "0.1.0",
            Group = "pubsub",
            Complexity = "O(N) where N is the number of groups the message was sent to.",
        },
        new(CommandId.PubSub, "pubsub", -2, "", "@slow",
            new(CommandId.PubSubChannels, "pubsub|channels", -2, "pubsub loading stale", "@pubsub @slow")
            {
                Summary = "List active channels",
                Since = "2.8.0",
                Group = "pubsub",
                Complexity = "O(N) where N is the number of active channels, and assuming constant time pattern matching (relatively short channels and patterns)",
            },
            new(CommandId.PubSubHelp, "pubsub|help", 2, "loading stale", "@slow")
            {
                Summary = "Show helpful text about the different subcommands",
                Since = "6.2.0",
                Group = "pubsub",
                Complexity = "O(1)",
            },
            new(CommandId.PubSubNumPat, "pubsub|numpat", 2, "pubsub loading stale", "@pubsub @slow")
            {
                Summary = "Get the count of unique patterns pattern subscriptions",
                Since = "2.8.0",
                Group = "pubsub",
                Complexity = "O(1)",
            },
            new(CommandId.PubSubNumSub, "pubsub|numsub", -2, "pubsub loading stale", "@pubsub @slow")
            {
                Summary = "Get the count of subscribers for channels",
                Since = "2.8.0",
                Group = "pubsub",
                Complexity = "O(N) for the NUMSUB subcommand, where N is the number of requested channels",
            })
        {
            Summary = "A container for Pub/Sub commands",
            Since = "2.8.0",
            Group = "pubsub",
            Complexity = "Depends on subcommand.",
        },
    ];
}
