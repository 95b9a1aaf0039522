namespace Broadside.Relay;

/// <summary>Commands about the server. As Redis 7.0 describes them, but for the relay's extensions.</summary>
internal static class ServerCommands
{
    public static CommandDescription[] All { get; } =
    [
        new(CommandId.Command, "command", -1, "loading stale", "@slow @connection",
            new(CommandId.CommandCount, "command|count", 2, "loading stale", "@slow @connection")
            {
                Summary = "Get total number of Redis commands",
                Since = "2.8.13",
                Group = "server",
                Complexity = "O(1)",
            },
            new(CommandId.CommandDocs, "command|docs", -2, "loading stale", "@slow @connection")
            {
                Summary = "Get array of specific Redis command documentation",
                Since = "7.0.0",
                Group = "server",
                Complexity = "O(N) where N is the number of commands to look up",
                Tips = ["nondeterministic_output_order"],
            },
            new(CommandId.CommandHelp, "command|help", 2, "loading stale", "@slow @connection")
            {
                Summary = "Show helpful text about the different subcommands",
                Since = "5.0.0",
                Group = "server",
                Complexity = "O(1)",
            },
            new(CommandId.CommandInfo, "command|info", -2, "loading stale", "@slow @connection")
            {
                Summary = "Get array of specific Redis command details, or all when no argument is given.",
                Since = "2.8.13",
                Group = "server",
                Complexity = "O(N) where N is the number of commands to look up",
                Tips = ["nondeterministic_output_order"],
            },
            new(CommandId.CommandList, "command|list", -2, "loading stale", "@slow @connection")
            {
                Summary = "Get an array of Redis command names",
                Since = "7.0.0",
                Group = "server",
                Complexity = "O(N) where N is the total number of Redis commands",
                Tips = ["nondeterministic_output_order"],
            })
        {
            Summary = "Get array of Redis command details",
            Since = "2.8.13",
            Group = "server",
            Complexity = "O(N) where N is the total number of Redis commands",
            Tips = ["nondeterministic_output_order"],
        },
        new(CommandId.Info, "info", -1, "loading stale", "@slow @dangerous")
        {
            Summary = "Get information and statistics about the server",
            Since = "1.0.0",
            Group = "server",
            Complexity = "O(1)",
            Tips = ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
        },
        new(CommandId.Config, "config", -2, "", "@slow",
            new(CommandId.ConfigGet, "config|get", -3, "admin noscript loading stale", "@admin @slow @dangerous")
            {
                Summary = "Get the values of configuration parameters",
                Since = "2.0.0",
                Group = "server",
                Complexity = "O(N) when N is the number of configuration parameters provided",
            },
            new(CommandId.ConfigHelp, "config|help", 2, "loading stale", "@slow")
            {
                Summary = "Show helpful text about the different subcommands",
                Since = "5.0.0",
                Group = "server",
                Complexity = "O(1)",
            })
        {
            Summary = "A container for server configuration commands",
            Since = "2.0.0",
            Group = "server",
            Complexity = "Depends on subcommand.",
        },
    ];
}
