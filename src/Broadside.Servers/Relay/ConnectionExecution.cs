using System.Text;

namespace Broadside.Relay;

/// <summary>Executes what a client says about its own connection.</summary>
internal static class ConnectionExecution
{
    /// <summary>The Redis whose commands and texts are spoken: clients look at it to know what they may ask for.</summary>
    public const string RedisVersion = "7.0.15";

    public static void Execute(in Session session, CommandId id, in RespCommand command)
    {
        var writer = session.Writer;
        switch (id)
        {
            case CommandId.Auth:
                Authenticate(session, command);
                break;
            case CommandId.Ping when command.Count > 2:
                RedisErrors.WrongArity(writer, session.Client.LastCommand!);
                break;
            case CommandId.Ping:
                PubSubMessages.Pong(writer, session.Client.IsSubscribed, command.Count > 1, command.Count > 1 ? command[1] : default);
                break;
            case CommandId.Echo:
                writer.Bulk(command[1]);
                break;
            case CommandId.Select:
                Select(writer, command);
                break;
            default:
                writer.SimpleString("OK"u8);
                session.Close();
                break;
        }
    }

    /// <summary>HELLO: who the server is, and which version is spoken from now on.</summary>
    public static Task<RelayReply>? Hello(in Session session, in RespCommand command)
    {
        var (relay, connection, client) = session;
        if (!HelloOptions.TryParse(command, session.Writer, out var options))
        {
            return null;
        }

        if (options.HasCredentials && !relay.Accepts(options.User, options.Password))
        {
            session.Writer.Error(RedisErrors.WrongPassword);
            return null;
        }

        if (options.HasCredentials)
        {
            Authenticate(session);
        }

        if (!client.IsAuthenticated)
        {
            session.Writer.Error(RedisErrors.HelloBeforeAuthentication);
            return null;
        }

        if (options.HasName)
        {
            client.Details = (client.Details ?? ClientDetails.None) with { Name = options.Name.ToArray() };
        }

        var (before, after) = (client.Version, options.Version ?? client.Version);
        client.Version = after;
        if (before == after || !client.IsSubscribed)
        {
            Describe(session.Writer, session);
            return null;
        }

        var moving = new List<Task>();
        foreach (var topic in client.Topics)
        {
            moving.Add(topic.MoveAsync(connection, before, after));
        }

        var self = session;
        return SubscribeExecution.ReplyWhenDrainedAsync(moving, RelayReply.Of(after, writer => Describe(writer, self)).Bytes);
    }

    /// <summary>RESET: the connection becomes as it was at its beginning.</summary>
    public static Task<RelayReply>? Reset(in Session session)
    {
        var (relay, connection, client) = session;
        var leaving = SubscribeExecution.LeaveAll(session);
        client.Version = RespVersion.Resp2;
        client.Details = client.Details is null ? null : client.Details with { Name = [] };
        client.IsAuthenticated = relay.Password is null;
        connection.Framer = relay.UnauthenticatedFramer;
        if (leaving.Count > 0)
        {
            return SubscribeExecution.ReplyWhenDrainedAsync(leaving, "+RESET\r\n"u8.ToArray());
        }

        session.Writer.SimpleString("RESET"u8);
        return null;
    }

    private static void Authenticate(in Session session, in RespCommand command)
    {
        var writer = session.Writer;
        if (command.Count > 3)
        {
            writer.Error(RedisErrors.Syntax);
        }
        else if (command.Count == 2 && session.Relay.Password is null)
        {
            writer.Error(RedisErrors.NoPasswordConfigured);
        }
        else if (session.Relay.Accepts(command.Count == 3 ? command[1] : "default"u8, command[command.Count - 1]))
        {
            Authenticate(session);
            writer.SimpleString("OK"u8);
        }
        else
        {
            writer.Error(RedisErrors.WrongPassword);
        }
    }

    private static void Authenticate(in Session session)
    {
        session.Client.IsAuthenticated = true;
        session.Connection.Framer = session.Relay.Framer;
    }

    private static void Select(RespWriter writer, in RespCommand command)
    {
        if (!command.TryGetInteger(1, out var database))
        {
            writer.Error(RedisErrors.NotAnInteger);
        }
        else if (database is < int.MinValue or > int.MaxValue)
        {
            writer.Error(RedisErrors.OutOfIntRange);
        }
        else if (database == 0)
        {
            writer.SimpleString("OK"u8);
        }
        else
        {
            writer.Error(RedisErrors.DatabaseOutOfRange);
        }
    }

    private static void Describe(RespWriter writer, in Session session)
    {
        writer.MapHeader(7);
        writer.Bulk("server"u8);
        writer.Bulk("redis"u8);
        writer.Bulk("version"u8);
        writer.Bulk(Encoding.ASCII.GetBytes(RedisVersion));
        writer.Bulk("proto"u8);
        writer.Integer((int)writer.Version);
        writer.Bulk("id"u8);
        writer.Integer(session.Connection.Id);
        writer.Bulk("mode"u8);
        writer.Bulk("standalone"u8);
        writer.Bulk("role"u8);
        writer.Bulk("master"u8);
        writer.Bulk("modules"u8);
        writer.ArrayHeader(0);
    }
}
