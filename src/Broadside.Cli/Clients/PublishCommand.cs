using System.CommandLine;
using Broadside.Cli.Options;

namespace Broadside.Cli.Clients;

/// <summary><c>broadside publish CHANNEL [MESSAGE]</c>: publishes one message, or a file's lines.</summary>
internal sealed class PublishCommand : Command
{
    private readonly Argument<string> _channel = new("CHANNEL") { Description = "Where to." };
    private readonly Argument<string?> _message = new("MESSAGE") { Description = "What.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _file = new("--file", "-f") { Description = "A file, each line of which is a message; - for standard input.", HelpName = "FILE" };
    private readonly Option<int> _count = Parsed.Number("--count", 1, 1, int.MaxValue, "How often to publish it.");
    private readonly Option<string?> _priority = new("--priority") { Description = "How urgent, from 0 (most) to 7; 4 is normal. Needs a Broadside relay.", HelpName = "0-7" };
    private readonly Option<Duration> _expire = Parsed.Time("--expire", default, "Whoever has not begun to receive it by then does not get it; 0: for ever. Needs a Broadside relay.");
    private readonly Option<string?> _key = new("--key") { Description = "Supersedes the pending message of the same key. Needs a Broadside relay.", HelpName = "KEY" };
    private readonly Option<string?> _id = new("--id") { Description = "What UNPUBLISH can take it back by. Needs a Broadside relay.", HelpName = "ID" };
    private readonly ServerOptions _server = new();

    public PublishCommand()
        : base("publish", "Publishes a message and prints how many received it. Works with any Redis server.")
    {
        _priority.AcceptOnlyFromAmong("0", "1", "2", "3", "4", "5", "6", "7");
        Arguments.Add(_channel);
        Arguments.Add(_message);
        Options.Add(_file);
        Options.Add(_count);
        Options.Add(_priority);
        Options.Add(_expire);
        Options.Add(_key);
        Options.Add(_id);
        _server.AddTo(this);
        Validators.Add(result =>
        {
            var hasMessage = result.GetResult(_message) is { Tokens.Count: > 0 };
            var hasFile = result.GetResult(_file) is not null;
            if (hasMessage == hasFile)
            {
                result.AddError("Give a MESSAGE or a --file, one of them.");
            }
        });
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var messages = new MessageSource(parsed.GetValue(_message), parsed.GetValue(_file), parsed.GetValue(_count));
        await using var client = await RespClient.ConnectAsync(_server.Read(parsed), cancellationToken);
        var publisher = new Publisher(client, parsed.GetValue(_channel)!, RelayOptions(parsed));
        await publisher.PublishAsync(messages, cancellationToken);
        parsed.InvocationConfiguration.Output.WriteLine(
            publisher.Messages == 1 ? $"{publisher.Receivers}" : $"{publisher.Messages} messages, {publisher.Receivers} deliveries");
        return ExitCodes.Success;
    }

    private List<string> RelayOptions(ParseResult parsed)
    {
        var options = new List<string>();
        Add("PRIORITY", parsed.GetValue(_priority));
        Add("EXPIRE", parsed.GetValue(_expire).Value is { Ticks: > 0 } span ? $"{(long)span.TotalMilliseconds}" : null);
        Add("KEY", parsed.GetValue(_key));
        Add("ID", parsed.GetValue(_id));
        return options;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                options.Add(name);
                options.Add(value);
            }
        }
    }
}
