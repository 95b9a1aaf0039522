namespace Broadside.Relay;

/// <summary>Commands about the client's own and others' connections. As Redis 7.0 describes them, but for the relay's extensions.</summary>
internal static class ConnectionCommands
{
    public static CommandDescription[] All { get; } =
    [
        new(CommandId.Hello, "hello", -1, "noscript loading stale fast no_auth allow_busy", "@fast @connection")
        {
            Summary = "Handshake with Redis",
            Since = "6.0.0",
            Group = "connection",
            Complexity = "O(1)",
        },
        new(CommandId.Auth, "auth", -2, "noscript loading stale fast no_auth allow_busy", "@fast @connection")
        {
            Summary = "Authenticate to the server",
            Since = "1.0.0",
            Group = "connection",
            Complexity = "O(N) where N is the number of passwords defined for the user",
        },
        new(CommandId.Ping, "ping", -1, "fast", "@fast @connection")
        {
            Summary = "Ping the server",
            Since = "1.0.0",
            Group = "connection",
            Complexity = "O(1)",
            Tips = ["request_policy:all_shards", "response_policy:all_succeeded"],
        },
        new(CommandId.Echo, "echo", 2, "loading stale fast", "@fast @connection")
        {
            Summary = "Echo the given string",
            Since = "1.0.0",
            Group = "connection",
            Complexity = "O(1)",
        },
        new(CommandId.Quit, "quit", -1, "noscript loading stale fast no_auth allow_busy", "@fast @connection")
        {
            Summary = "Close the connection",
            Since = "1.0.0",
            Group = "connection",
            Complexity = "O(1)",
        },
        new(CommandId.Reset, "reset", 1, "noscript loading stale fast no_auth allow_busy", "@fast @connection")
        {
            Summary = "Reset the connection",
            Since = "6.2.0",
            Group = "connection",
            Complexity = "O(1)",
        },
        new(CommandId.Select, "select", 2, "loading stale fast", "@fast @connection")
        {
            Summary = "Change the selected database for the current connection",
            Since = "1.0.0",
            Group = "connection",
            Complexity = "O(1)",
        },
        new(CommandId.Client, "client", -2, "", "@slow",
            new(CommandId.ClientGetName, "client|getname", 2, "noscript loading stale", "@slow @connection")
            {
                Summary = "Get the current connection name",
                Since = "2.6.9",
                Group = "connection",
                Complexity = "O(1)",
            },
            new(CommandId.ClientHelp, "client|help", 2, "loading stale", "@slow @connection")
            {
                Summary = "Show helpful text about the different subcommands",
                Since = "5.0.0",
                Group = "connection",
                Complexity = "O(1)",
            },
            new(CommandId.ClientId, "client|id", 2, "noscript loading stale", "@slow @connection")
            {
                Summary = "Returns the client ID for the current connection",
                Since = "5.0.0",
                Group = "connection",
                Complexity = "O(1)",
            },
            new(CommandId.ClientInfo, "client|info", 2, "noscript loading stale", "@slow @connection")
            {
                Summary = "Returns information about the current client connection.",
                Since = "6.2.0",
                Group = "connection",
                Complexity = "O(1)",
                Tips = ["nondeterministic_output"],
            },
            new(CommandId.ClientKill, "client|kill", -3, "admin noscript loading stale", "@admin @slow @dangerous @connection")
            {
                Summary = "Kill the connection of a client",
                Since = "2.4.0",
                Group = "connection",
                Complexity = "O(N) where N is the number of client connections",
            },
            new(CommandId.ClientList, "client|list", -2, "admin noscript loading stale", "@admin @slow @dangerous @connection")
            {
                Summary = "Get the list of client connections",
                Since = "2.4.0",
                Group = "connection",
                Complexity = "O(N) where N is the number of client connections",
                Tips = ["nondeterministic_output"],
            },
            new(CommandId.ClientSetInfo, "client|setinfo", 4, "noscript loading stale", "@slow @connection")
            {
                Summary = "Set client or connection specific info",
                Since = "7.2.0",
                Group = "connection",
                Complexity = "O(1)",
            },
            new(CommandId.ClientSetName, "client|setname", 3, "noscript loading stale", "@slow @connection")
            {
                Summary = "Set the current connection name",
                Since = "2.6.9",
                Group = "connection",
                Complexity = "O(1)",
            })
        {
            Summary = "A container for client connection commands",
            Since = "2.4.0",
            Group = "connection",
            Complexity = "Depends on subcommand.",
        },
    ];
}
