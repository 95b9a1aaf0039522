using System.Buffers;
using System.Text;
using Broadside.Relay;

namespace Broadside.Servers.Tests.Golden;

/// <summary>The protocol with the simplest server around it that can hold the written-down conversations: no sockets, groups or limits.</summary>
internal sealed class MiniatureRelay(string? password)
{
    private readonly ArgumentBuffer _arguments = new();
    private readonly List<Client> _clients = [];

    public Client Connect()
    {
        var client = new Client { IsAuthenticated = password is null };
        _clients.Add(client);
        return client;
    }

    public void Disconnect(Client client) => _clients.Remove(client);

    public void Execute(Client client, byte[] frame)
    {
        if (!RespCommand.TryParse(frame, _arguments, client.Writer, out var command))
        {
            client.IsClosed = true;
        }
        else if (command.Count > 0 && CommandTable.Find(command, client.Writer) is { } description)
        {
            if (!client.IsAuthenticated && !description.IsAllowedUnauthenticated)
            {
                client.Writer.Error(RedisErrors.AuthenticationRequired);
            }
            else if (client.IsSubscribed && client.Version == RespVersion.Resp2 && !description.IsAllowedWhileSubscribed)
            {
                RedisErrors.NotWhileSubscribed(client.Writer, description);
            }
            else
            {
                Dispatch(client, description.Id, command);
            }
        }
    }

    private void Dispatch(Client client, CommandId id, in RespCommand command)
    {
        var writer = client.Writer;
        switch (id)
        {
            case CommandId.Hello:
                Hello(client, command);
                break;
            case CommandId.Auth:
                Authenticate(client, command);
                break;
            case CommandId.Ping when command.Count > 2:
                RedisErrors.WrongArity(writer, CommandTable.FindByFullName("ping"u8)!);
                break;
            case CommandId.Ping:
                PubSubMessages.Pong(writer, client.IsSubscribed, command.Count > 1, command.Count > 1 ? command[1] : default);
                break;
            case CommandId.Echo:
                writer.Bulk(command[1]);
                break;
            case CommandId.Quit:
                writer.SimpleString("OK"u8);
                client.IsClosed = true;
                break;
            case CommandId.Reset:
                client.Reset(password is null);
                client.Writer.SimpleString("RESET"u8);
                break;
            case CommandId.Select:
                Select(writer, command);
                break;
            case CommandId.CommandDocs:
                CommandReplies.Docs(writer, command);
                break;
            case CommandId.CommandInfo:
                CommandReplies.Info(writer, command);
                break;
            case CommandId.ClientGetName or CommandId.ClientSetName or CommandId.ClientKill or CommandId.ClientList:
                ClientCommand(client, id, command);
                break;
            default:
                PubSubCommand(client, id, command);
                break;
        }
    }

    private void Hello(Client client, in RespCommand command)
    {
        if (!HelloOptions.TryParse(command, client.Writer, out var options))
        {
            return;
        }

        if (options.HasCredentials && !Accepts(options.User, options.Password))
        {
            client.Writer.Error(RedisErrors.WrongPassword);
            return;
        }

        client.IsAuthenticated |= options.HasCredentials;
        if (!client.IsAuthenticated)
        {
            client.Writer.Error(RedisErrors.HelloBeforeAuthentication);
            return;
        }

        client.Version = options.Version ?? client.Version;
        client.Name = options.HasName ? options.Name.ToArray() : client.Name;
        var writer = client.Writer;
        writer.MapHeader(7);
        writer.Bulk("server"u8);
        writer.Bulk("miniature"u8);
        writer.Bulk("modules"u8);
        writer.ArrayHeader(0);
    }

    private void Authenticate(Client client, in RespCommand command)
    {
        if (command.Count > 3)
        {
            client.Writer.Error(RedisErrors.Syntax);
        }
        else if (command.Count == 2 && password is null)
        {
            client.Writer.Error(RedisErrors.NoPasswordConfigured);
        }
        else if (Accepts(command.Count == 3 ? command[1] : "default"u8, command[command.Count - 1]))
        {
            client.IsAuthenticated = true;
            client.Writer.SimpleString("OK"u8);
        }
        else
        {
            client.Writer.Error(RedisErrors.WrongPassword);
        }
    }

    private bool Accepts(ReadOnlySpan<byte> user, ReadOnlySpan<byte> given) =>
        user.SequenceEqual("default"u8) && (password is null || given.SequenceEqual(Encoding.ASCII.GetBytes(password)));

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

    private static void ClientCommand(Client client, CommandId id, in RespCommand command)
    {
        var writer = client.Writer;
        switch (id)
        {
            case CommandId.ClientGetName when client.Name.Length == 0:
                writer.Null();
                break;
            case CommandId.ClientGetName:
                writer.Bulk(client.Name);
                break;
            case CommandId.ClientSetName when !ClientName.IsValid(command[2]):
                writer.Error(RedisErrors.InvalidClientName);
                break;
            case CommandId.ClientSetName:
                client.Name = command[2].ToArray();
                writer.SimpleString("OK"u8);
                break;
            case CommandId.ClientKill when ClientKillFilter.Parse(command, writer) is { } filter:
                if (filter.IsSingle)
                {
                    writer.Error(RedisErrors.NoSuchClient);
                }
                else
                {
                    writer.Integer(0);
                }

                break;
            case CommandId.ClientList when ClientListFilter.Parse(command, writer) is not null:
                writer.Verbatim(""u8);
                break;
        }
    }

    private void PubSubCommand(Client client, CommandId id, in RespCommand command)
    {
        var writer = client.Writer;
        switch (id)
        {
            case CommandId.Subscribe or CommandId.PatternSubscribe or CommandId.Unsubscribe or CommandId.PatternUnsubscribe:
                client.Subscribe(id, command);
                break;
            case CommandId.Publish when PublishOptions.TryParse(command, writer, out var options):
                writer.Integer(Publish(options.Channel, options.Message));
                break;
            case CommandId.PubSubChannels when command.Count > 3:
                RedisErrors.SubcommandSyntax(writer, "PUBSUB"u8, command[1]);
                break;
            case CommandId.PubSubChannels:
                WriteChannels(writer, new GlobPattern(command.Count > 2 ? command[2] : "*"u8));
                break;
            case CommandId.PubSubNumSub:
                writer.ArrayHeader(2 * (command.Count - 2));
                for (var index = 2; index < command.Count; index++)
                {
                    var channel = command[index].ToArray();
                    writer.Bulk(channel);
                    writer.Integer(_clients.Count(other => other.Channels.Exists(name => name.AsSpan().SequenceEqual(channel))));
                }

                break;
            case CommandId.PubSubNumPat:
                writer.Integer(_clients.SelectMany(other => other.Patterns).DistinctBy(Convert.ToHexString).Count());
                break;
        }
    }

    private void WriteChannels(RespWriter writer, GlobPattern pattern)
    {
        var channels = _clients.SelectMany(other => other.Channels).DistinctBy(Convert.ToHexString).Where(name => pattern.IsMatch(name)).ToList();
        writer.ArrayHeader(channels.Count);
        channels.ForEach(name => writer.Bulk(name));
    }

    // A publisher that is itself subscribed gets its message before the reply.
    private int Publish(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message)
    {
        var receivers = 0;
        foreach (var client in _clients)
        {
            foreach (var name in client.Channels)
            {
                if (channel.SequenceEqual(name))
                {
                    PubSubMessages.MessageHead(client.Writer, name, message.Length);
                    client.Writer.BulkBody(message);
                    receivers++;
                }
            }

            foreach (var pattern in client.Patterns)
            {
                if (GlobPattern.IsMatch(pattern, channel))
                {
                    PubSubMessages.PatternMessageHead(client.Writer, pattern, channel, message.Length);
                    client.Writer.BulkBody(message);
                    receivers++;
                }
            }
        }

        return receivers;
    }

    internal sealed class Client
    {
        private readonly ArrayBufferWriter<byte> _output = new();

        public List<byte[]> Channels { get; } = [];

        public List<byte[]> Patterns { get; } = [];

        public RespVersion Version { get; set; } = RespVersion.Resp2;

        public byte[] Name { get; set; } = [];

        public bool IsAuthenticated { get; set; }

        public bool IsClosed { get; set; }

        public bool IsSubscribed => Total > 0;

        public RespWriter Writer => new(_output, Version);

        private int Total => Channels.Count + Patterns.Count;

        public byte[] TakeOutput()
        {
            var output = _output.WrittenSpan.ToArray();
            _output.ResetWrittenCount();
            return output;
        }

        public void Reset(bool authenticated)
        {
            Channels.Clear();
            Patterns.Clear();
            Version = RespVersion.Resp2;
            Name = [];
            IsAuthenticated = authenticated;
        }

        public void Subscribe(CommandId id, in RespCommand command)
        {
            var names = id is CommandId.Subscribe or CommandId.Unsubscribe ? Channels : Patterns;
            var removes = id is CommandId.Unsubscribe or CommandId.PatternUnsubscribe;
            List<byte[]> arguments = [];
            for (var index = 1; index < command.Count; index++)
            {
                arguments.Add(command[index].ToArray());
            }

            if (arguments.Count == 0 && names.Count == 0)
            {
                ConfirmNothing(id);
                return;
            }

            foreach (var name in arguments.Count == 0 ? [.. names] : arguments)
            {
                var existing = names.FindIndex(other => other.AsSpan().SequenceEqual(name));
                if (removes && existing >= 0)
                {
                    names.RemoveAt(existing);
                }
                else if (!removes && existing < 0)
                {
                    names.Add(name);
                }

                Confirm(id, name);
            }
        }

        private void ConfirmNothing(CommandId id)
        {
            if (id == CommandId.Unsubscribe)
            {
                PubSubMessages.UnsubscribedFromNothing(Writer, Total);
            }
            else
            {
                PubSubMessages.PatternUnsubscribedFromNothing(Writer, Total);
            }
        }

        private void Confirm(CommandId id, byte[] name)
        {
            switch (id)
            {
                case CommandId.Subscribe:
                    PubSubMessages.Subscribed(Writer, name, Total);
                    break;
                case CommandId.Unsubscribe:
                    PubSubMessages.Unsubscribed(Writer, name, Total);
                    break;
                case CommandId.PatternSubscribe:
                    PubSubMessages.PatternSubscribed(Writer, name, Total);
                    break;
                default:
                    PubSubMessages.PatternUnsubscribed(Writer, name, Total);
                    break;
            }
        }
    }
}
