using System.Text;

namespace Broadside.Relay;

/// <summary>The replies to HELP, laid out as Redis does; only what the relay has is listed.</summary>
internal static class HelpReplies
{
    private static readonly string[] ClientLines =
    [
        "GETNAME",
        "    Return the name of the current connection.",
        "ID",
        "    Return the ID of the current connection.",
        "INFO",
        "    Return information about the current client connection.",
        "KILL <ip:port>",
        "    Kill connection made from <ip:port>.",
        "KILL <option> <value> [<option> <value> [...]]",
        "    Kill connections. Options are:",
        "    * ID <client-id>",
        "      Kill the connection with this id.",
        "    * ADDR <ip:port>",
        "      Kill connections made from the specified address",
        "    * LADDR <ip:port>",
        "      Kill connections made to specified local address",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "      Kill connections by type.",
        "    * SKIPME (YES|NO)",
        "      Skip killing current connection (default: yes).",
        "LIST [options ...]",
        "    Return information about client connections. Options:",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "      Return clients of specified type.",
        "    * ID <client-id> [<client-id> [...]]",
        "      Return the clients with these ids.",
        "SETINFO <option> <value>",
        "    Set the name (LIB-NAME) or version (LIB-VER) of the client library.",
        "SETNAME <name>",
        "    Assign the name <name> to the current connection.",
    ];

    private static readonly string[] CommandLines =
    [
        "(no subcommand)",
        "    Return details about all commands.",
        "COUNT",
        "    Return the total number of commands in this server.",
        "LIST",
        "    Return a list of all commands in this server.",
        "INFO [<command-name> ...]",
        "    Return details about multiple commands.",
        "DOCS [<command-name> ...]",
        "    Return documentation details about multiple commands.",
    ];

    private static readonly string[] ConfigLines =
    [
        "GET <pattern>",
        "    Return parameters matching the glob-like <pattern> and their values.",
    ];

    private static readonly string[] PubSubLines =
    [
        "CHANNELS [<pattern>]",
        "    Return the currently active channels matching a <pattern> (default: '*').",
        "NUMPAT",
        "    Return number of subscriptions to patterns.",
        "NUMSUB [<channel> ...]",
        "    Return the number of subscribers for the specified channels, excluding",
        "    pattern subscriptions(default: no channels).",
    ];

    /// <summary>CLIENT HELP.</summary>
    public static void Client(RespWriter writer) => Write(writer, "CLIENT", ClientLines);

    /// <summary>COMMAND HELP.</summary>
    public static void Command(RespWriter writer) => Write(writer, "COMMAND", CommandLines);

    /// <summary>CONFIG HELP.</summary>
    public static void Config(RespWriter writer) => Write(writer, "CONFIG", ConfigLines);

    /// <summary>PUBSUB HELP.</summary>
    public static void PubSub(RespWriter writer) => Write(writer, "PUBSUB", PubSubLines);

    private static void Write(RespWriter writer, string command, string[] lines)
    {
        writer.ArrayHeader(lines.Length + 3);
        Line(writer, $"{command} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
        foreach (var line in lines)
        {
            Line(writer, line);
        }

        Line(writer, "HELP");
        Line(writer, "    Prints this help.");
    }

    private static void Line(RespWriter writer, string text) => writer.SimpleString(Encoding.ASCII.GetBytes(text));
}
