using System.Text;

namespace Broadside.Relay;

/// <summary>Redis 7's error texts, character for character: clients and people match on them.</summary>
internal static class RedisErrors
{
    // Redis echoes at most this much of an unknown command's name, and as much again of its arguments.
    private const int MaximumEcho = 128;

    public static ReadOnlySpan<byte> Syntax => "ERR syntax error"u8;

    public static ReadOnlySpan<byte> NotAnInteger => "ERR value is not an integer or out of range"u8;

    public static ReadOnlySpan<byte> OutOfIntRange => "ERR value is out of range, value must between -2147483648 and 2147483647"u8;

    public static ReadOnlySpan<byte> DatabaseOutOfRange => "ERR DB index is out of range"u8;

    public static ReadOnlySpan<byte> AuthenticationRequired => "NOAUTH Authentication required."u8;

    public static ReadOnlySpan<byte> HelloBeforeAuthentication =>
        "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time"u8;

    public static ReadOnlySpan<byte> WrongPassword => "WRONGPASS invalid username-password pair or user is disabled."u8;

    public static ReadOnlySpan<byte> NoPasswordConfigured =>
        "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?"u8;

    public static ReadOnlySpan<byte> UnsupportedProtocol => "NOPROTO unsupported protocol version"u8;

    public static ReadOnlySpan<byte> ProtocolVersionNotAnInteger => "ERR Protocol version is not an integer or out of range"u8;

    public static ReadOnlySpan<byte> InvalidClientName => "ERR Client names cannot contain spaces, newlines or special characters."u8;

    public static ReadOnlySpan<byte> InvalidClientId => "ERR Invalid client ID"u8;

    public static ReadOnlySpan<byte> ClientIdNotPositive => "ERR client-id should be greater than 0"u8;

    public static ReadOnlySpan<byte> NoSuchClient => "ERR No such client"u8;

    public static ReadOnlySpan<byte> TooManyClients => "ERR max number of clients reached"u8;

    public static ReadOnlySpan<byte> InvalidExpiry => "ERR invalid expire time in 'publish' command"u8;

    // The relay's own, for its own options.
    public static ReadOnlySpan<byte> InvalidPriority => "ERR PRIORITY must be from 0 (most urgent) to 7"u8;

    public static ReadOnlySpan<byte> EmptyKeyOrId => "ERR KEY and ID must not be empty"u8;

    public static ReadOnlySpan<byte> NameTooLong => "ERR names of channels, patterns, clients, keys and ids have at most 4096 bytes"u8;

    public static ReadOnlySpan<byte> TooManySubscriptions => "ERR a client has at most 100000 subscriptions"u8;

    public static ReadOnlySpan<byte> OutOfMemory => "OOM command not allowed when used memory > 'maxmemory'."u8;

    // Details of protocol errors; each is the last reply before the connection is closed.
    public static ReadOnlySpan<byte> InvalidMultibulkLength => "invalid multibulk length"u8;

    public static ReadOnlySpan<byte> InvalidBulkLength => "invalid bulk length"u8;

    public static ReadOnlySpan<byte> UnbalancedQuotes => "unbalanced quotes in request"u8;

    public static ReadOnlySpan<byte> TooBigInline => "too big inline request"u8;

    public static ReadOnlySpan<byte> UnauthenticatedMultibulkLength => "unauthenticated multibulk length"u8;

    public static ReadOnlySpan<byte> UnauthenticatedBulkLength => "unauthenticated bulk length"u8;

    /// <summary>The bytes are not a command.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="detail">What is wrong with them.</param>
    public static void ProtocolError(RespWriter writer, ReadOnlySpan<byte> detail) => Write(writer, "ERR Protocol error: "u8, detail, ""u8);

    /// <summary>The bytes are not a command, as a framer found.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="reason">The framer's reason; ASCII.</param>
    public static void ProtocolError(RespWriter writer, string reason)
    {
        Span<byte> detail = stackalloc byte[MaximumEcho];
        var length = Math.Min(reason.Length, detail.Length);
        Encoding.ASCII.GetBytes(reason.AsSpan(0, length), detail);
        ProtocolError(writer, detail[..length]);
    }

    /// <summary>A command's argument does not begin as a bulk string.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="found">What it begins with.</param>
    public static void ExpectedBulk(RespWriter writer, byte found) => Write(writer, "ERR Protocol error: expected '$', got '"u8, [found], "'"u8);

    /// <summary>No command has this name.</summary>
    public static void UnknownCommand(RespWriter writer, in RespCommand command)
    {
        writer.BeginError();
        writer.ErrorPart("ERR unknown command '"u8);
        writer.ErrorPart(Echo(command[0], MaximumEcho));
        writer.ErrorPart("', with args beginning with: "u8);
        var echoed = 0;
        for (var index = 1; index < command.Count && echoed < MaximumEcho; index++)
        {
            var argument = Echo(command[index], MaximumEcho - echoed);
            writer.ErrorPart("'"u8);
            writer.ErrorPart(argument);
            writer.ErrorPart("' "u8);
            echoed += argument.Length + "'' "u8.Length;
        }

        writer.EndError();
    }

    /// <summary>A container command has no such subcommand.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="container">The container's name in upper case.</param>
    /// <param name="subcommand">The subcommand as it was given.</param>
    public static void UnknownSubcommand(RespWriter writer, ReadOnlySpan<byte> container, ReadOnlySpan<byte> subcommand) =>
        WriteWithHelp(writer, "ERR unknown subcommand '"u8, container, subcommand);

    /// <summary>A subcommand takes no such number of arguments, found only when it is executed.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="container">The container's name in upper case.</param>
    /// <param name="subcommand">The subcommand as it was given.</param>
    public static void SubcommandSyntax(RespWriter writer, ReadOnlySpan<byte> container, ReadOnlySpan<byte> subcommand) =>
        WriteWithHelp(writer, "ERR unknown subcommand or wrong number of arguments for '"u8, container, subcommand);

    /// <summary>Too few or too many arguments.</summary>
    public static void WrongArity(RespWriter writer, CommandDescription command) =>
        Write(writer, "ERR wrong number of arguments for '"u8, command.Name, "' command"u8);

    /// <summary>A RESP2 client with subscriptions asked for something else: it could not tell the reply from messages.</summary>
    public static void NotWhileSubscribed(RespWriter writer, CommandDescription command) =>
        Write(writer, "ERR Can't execute '"u8, command.Name, "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context"u8);

    /// <summary>HELLO has no such option, or it lacks its values.</summary>
    public static void HelloOption(RespWriter writer, ReadOnlySpan<byte> option) =>
        Write(writer, "ERR Syntax error in HELLO option '"u8, Echo(option, option.Length), "'"u8);

    /// <summary>CLIENT LIST or KILL: there is no such type of clients.</summary>
    public static void UnknownClientType(RespWriter writer, ReadOnlySpan<byte> type) =>
        Write(writer, "ERR Unknown client type '"u8, Echo(type, type.Length), "'"u8);

    /// <summary>CLIENT KILL: there is no such user.</summary>
    public static void NoSuchUser(RespWriter writer, ReadOnlySpan<byte> user) =>
        Write(writer, "ERR No such user '"u8, Echo(user, user.Length), "'"u8);

    /// <summary>CLIENT SETINFO (Redis 7.2): there is no such attribute.</summary>
    public static void UnrecognizedOption(RespWriter writer, ReadOnlySpan<byte> option) =>
        Write(writer, "ERR Unrecognized option '"u8, Echo(option, option.Length), "'"u8);

    /// <summary>CLIENT SETINFO (Redis 7.2): the value is not printable.</summary>
    public static void InvalidAttribute(RespWriter writer, ReadOnlySpan<byte> option) =>
        Write(writer, "ERR "u8, Echo(option, option.Length), " cannot contain spaces, newlines or special characters."u8);

    private static void WriteWithHelp(RespWriter writer, ReadOnlySpan<byte> text, ReadOnlySpan<byte> container, ReadOnlySpan<byte> subcommand)
    {
        writer.BeginError();
        writer.ErrorPart(text);
        writer.ErrorPart(Echo(subcommand, MaximumEcho));
        writer.ErrorPart("'. Try "u8);
        writer.ErrorPart(container);
        writer.ErrorPart(" HELP."u8);
        writer.EndError();
    }

    private static void Write(RespWriter writer, ReadOnlySpan<byte> before, ReadOnlySpan<byte> input, ReadOnlySpan<byte> after)
    {
        writer.BeginError();
        writer.ErrorPart(before);
        writer.ErrorPart(input);
        writer.ErrorPart(after);
        writer.EndError();
    }

    // Redis formats with %s: an echo ends at the first zero byte.
    private static ReadOnlySpan<byte> Echo(ReadOnlySpan<byte> input, int limit)
    {
        var end = input.IndexOf((byte)0);
        return input[..Math.Min(end < 0 ? input.Length : end, limit)];
    }
}
