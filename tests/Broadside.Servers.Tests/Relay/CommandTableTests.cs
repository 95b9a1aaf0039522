using System.Text;
using Broadside.Relay;
using Broadside.Servers.Tests.Golden;

namespace Broadside.Servers.Tests.Relay;

public sealed class CommandTableTests(RedisServer redis) : IClassFixture<RedisServer>
{
    // The relay's own, or with options of its own.
    private static readonly string[] Extensions = ["publish", "unpublish", "client|setinfo"];

    [Fact]
    public void Every_id_is_in_the_table_once()
    {
        var ids = Everything().Select(command => command.Id).ToList();
        Assert.Equal(Enum.GetValues<CommandId>().Order(), ids.Order());
    }

    [Fact]
    public void Names_are_found_in_any_case()
    {
        Assert.Equal(CommandId.ClientKill, CommandTable.FindByFullName("Client|KILL"u8)!.Id);
        Assert.Equal(CommandId.PatternUnsubscribe, CommandTable.FindByFullName("PUNSUBSCRIBE"u8)!.Id);
        Assert.Null(CommandTable.FindByFullName("client|"u8));
        Assert.Null(CommandTable.FindByFullName("|kill"u8));
        Assert.Null(CommandTable.FindByFullName(""u8));
        Assert.Null(CommandTable.FindByFullName(Encoding.ASCII.GetBytes(new string('a', 1000))));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Commands_are_described_as_Redis_describes_them(int version)
    {
        using var connection = redis.Connect();
        connection.Send(Encoding.ASCII.GetBytes($"HELLO {version}\r\n"));
        connection.Receive(bytes => bytes.AsSpan().EndsWith("$7\r\nmodules\r\n*0\r\n"u8) ? bytes.Length : -1);
        foreach (var name in Everything().Where(command => command.Subcommands.Length == 0).Select(command => Encoding.ASCII.GetString(command.Name)))
        {
            var redisSays = Ask(connection, $"COMMAND INFO {name}");
            var relaySays = Replies.Of(writer => Execute($"COMMAND INFO {name}", writer), (RespVersion)version);
            Assert.True(Extensions.Contains(name) || redisSays == relaySays, $"Redis {redisSays}\nrelay {relaySays}");
        }
    }

    [Fact]
    public void Commands_are_documented_as_Redis_documents_them()
    {
        using var connection = redis.Connect();
        foreach (var command in Everything().Where(command => !Extensions.Contains(Encoding.ASCII.GetString(command.Name))))
        {
            var fields = Replies.Of(writer =>
            {
                Field(writer, "summary", command.Summary);
                Field(writer, "since", command.Since);
                Field(writer, "group", command.Group);
                Field(writer, "complexity", command.Complexity);
            });
            Assert.Contains(fields, Ask(connection, $"COMMAND DOCS {Encoding.ASCII.GetString(command.Name)}"));
        }
    }

    [Fact]
    public void What_tells_of_all_commands_agrees_with_itself()
    {
        var count = CommandTable.All.Count;
        Assert.Equal($":{count}\\r\\n", Replies.Of(CommandReplies.Count));
        Assert.StartsWith($"*{count}\\r\\n", Replies.Of(CommandReplies.Info, RespVersion.Resp3));
        Assert.StartsWith($"%{count}\\r\\n", Replies.Of(CommandReplies.Docs, RespVersion.Resp3));
        Assert.StartsWith($"*{Everything().Count()}\\r\\n", Replies.Of(CommandReplies.List));
        Assert.StartsWith("*2\\r\\n*10\\r\\n$4\\r\\nping\\r\\n", Replies.Of(writer => Execute("COMMAND INFO ping nothing", writer)));
        Assert.StartsWith("*2\\r\\n$4\\r\\nping\\r\\n*8\\r\\n", Replies.Of(writer => Execute("COMMAND DOCS nothing ping", writer)));
    }

    [Fact]
    public void Help_has_as_many_lines_as_it_announces() =>
        Assert.All<Action<RespWriter>>([HelpReplies.Client, HelpReplies.Command, HelpReplies.Config, HelpReplies.PubSub], help =>
        {
            var lines = Replies.Of(help).Split("\\r\\n");
            Assert.Equal($"*{lines.Length - 2}", lines[0]);
        });

    private static IEnumerable<CommandDescription> Everything() => CommandTable.All.Concat(CommandTable.All.SelectMany(command => command.Subcommands));

    private static void Execute(string line, RespWriter writer)
    {
        Assert.True(RespCommand.TryParse(Encoding.ASCII.GetBytes(line), new ArgumentBuffer(), writer, out var command));
        switch (CommandTable.Find(command, writer)!.Id)
        {
            case CommandId.CommandInfo:
                CommandReplies.Info(writer, command);
                break;
            default:
                CommandReplies.Docs(writer, command);
                break;
        }
    }

    private static string Ask(RawConnection connection, string command)
    {
        connection.Send(Encoding.ASCII.GetBytes($"{command}\r\nPING\r\n"));
        var reply = connection.Receive(bytes => bytes.AsSpan().EndsWith("+PONG\r\n"u8) ? bytes.Length : -1);
        return GoldenScript.Escape(reply.AsSpan()[..^7]);
    }

    private static void Field(RespWriter writer, string name, string value)
    {
        writer.Bulk(Encoding.ASCII.GetBytes(name));
        writer.Bulk(Encoding.ASCII.GetBytes(value));
    }
}
