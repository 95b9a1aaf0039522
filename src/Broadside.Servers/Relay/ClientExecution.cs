using System.Text;

namespace Broadside.Relay;

/// <summary>Executes CLIENT and its subcommands.</summary>
internal static class ClientExecution
{
    public static void Execute(in Session session, CommandId id, in RespCommand command)
    {
        var (_, connection, client) = session;
        var writer = session.Writer;
        var details = client.Details ?? ClientDetails.None;
        switch (id)
        {
            case CommandId.ClientId:
                writer.Integer(connection.Id);
                break;
            case CommandId.ClientInfo:
                writer.Verbatim(Encoding.UTF8.GetBytes(ClientLine.Of(connection, client)));
                break;
            case CommandId.ClientGetName when details.Name.Length == 0:
                writer.Null();
                break;
            case CommandId.ClientGetName:
                writer.Bulk(details.Name);
                break;
            case CommandId.ClientSetName when !ClientName.IsValid(command[2]):
                writer.Error(RedisErrors.InvalidClientName);
                break;
            case CommandId.ClientSetName when command[2].Length > RelayLimits.MaximumName:
                writer.Error(RedisErrors.NameTooLong);
                break;
            case CommandId.ClientSetName:
                client.Details = details with { Name = command[2].ToArray() };
                writer.SimpleString("OK"u8);
                break;
            case CommandId.ClientSetInfo:
                SetInfo(client, details, writer, command);
                break;
            default:
                HelpReplies.Client(writer);
                break;
        }
    }

    /// <summary>CLIENT LIST: asks every channel.</summary>
    public static Task<RelayReply>? List(in Session session, in RespCommand command) =>
        ClientListFilter.Parse(command, session.Writer) is { } filter ? ListAsync(session, filter) : null;

    /// <summary>CLIENT KILL: on every channel.</summary>
    public static Task<RelayReply>? Kill(in Session session, in RespCommand command) =>
        ClientKillFilter.Parse(command, session.Writer) is { } filter ? KillAsync(session, filter) : null;

    private static async Task<RelayReply> ListAsync(Session session, ClientListFilter filter)
    {
        var lines = new StringBuilder();
        foreach (var (connection, client) in await session.Relay.ClientsAsync().ConfigureAwait(false))
        {
            if (filter.Matches(ClientLine.Identify(connection, client)))
            {
                lines.Append(ClientLine.Of(connection, client));
            }
        }

        return RelayReply.Of(session.Client.Version, writer => writer.Verbatim(Encoding.UTF8.GetBytes(lines.ToString())));
    }

    private static async Task<RelayReply> KillAsync(Session session, ClientKillFilter filter)
    {
        var killed = 0;
        var closes = false;
        foreach (var (connection, client) in await session.Relay.ClientsAsync().ConfigureAwait(false))
        {
            if (!filter.Matches(ClientLine.Identify(connection, client), session.Connection.Id))
            {
                continue;
            }

            killed++;
            if (ReferenceEquals(client, session.Client))
            {
                // It is told first.
                closes = true;
            }
            else
            {
                connection.Abort();
            }
        }

        return RelayReply.Of(session.Client.Version, writer => Reply(writer, filter, killed), closes);
    }

    private static void Reply(RespWriter writer, ClientKillFilter filter, int killed)
    {
        if (!filter.IsSingle)
        {
            writer.Integer(killed);
        }
        else if (killed > 0)
        {
            writer.SimpleString("OK"u8);
        }
        else
        {
            writer.Error(RedisErrors.NoSuchClient);
        }
    }

    private static void SetInfo(RelayClient client, ClientDetails details, RespWriter writer, in RespCommand command)
    {
        var isName = command.Is(2, "LIB-NAME"u8);
        if (!isName && !command.Is(2, "LIB-VER"u8))
        {
            RedisErrors.UnrecognizedOption(writer, command[2]);
        }
        else if (!ClientName.IsValid(command[3]))
        {
            RedisErrors.InvalidAttribute(writer, command[2]);
        }
        else if (command[3].Length > RelayLimits.MaximumName)
        {
            writer.Error(RedisErrors.NameTooLong);
        }
        else
        {
            var value = command[3].ToArray();
            client.Details = isName ? details with { LibraryName = value } : details with { LibraryVersion = value };
            writer.SimpleString("OK"u8);
        }
    }
}
