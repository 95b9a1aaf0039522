using System.CommandLine;
using Broadside.Cli.Options;

namespace Broadside.Cli.Clients;

/// <summary><c>broadside subscribe CHANNEL...</c>: prints what is published until it is told to stop.</summary>
internal sealed class SubscribeCommand : Command
{
    private readonly Argument<string[]> _channels = new("CHANNEL") { Description = "What to subscribe to.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> _pattern = new("--pattern") { Description = "The channels are patterns, such as news.*." };
    private readonly Option<int> _count = Parsed.Number("--count", 0, 0, int.MaxValue, "Ends after so many messages; 0: never.");
    private readonly Option<bool> _json = new("--json") { Description = "Prints a JSON object for each message." };
    private readonly ServerOptions _server = new();

    public SubscribeCommand()
        : base("subscribe", "Prints each message as its channel, a tab and its text. Works with any Redis server.")
    {
        Arguments.Add(_channels);
        Options.Add(_pattern);
        Options.Add(_count);
        Options.Add(_json);
        _server.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var server = _server.Read(parsed);
        using var signals = new TerminationSignals();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, signals.First);
        try
        {
            await using var client = await RespClient.ConnectAsync(server, stop.Token);
            using var output = Console.OpenStandardOutput();
            var printer = new MessagePrinter(output, parsed.GetValue(_json));
            var subscriber = new Subscriber(client, printer, parsed.InvocationConfiguration.Error);
            await subscriber.RunAsync(parsed.GetValue(_channels)!, parsed.GetValue(_pattern), parsed.GetValue(_count), stop.Token);
        }
        catch (OperationCanceledException) when (signals.First.IsCancellationRequested)
        {
            // Being told to stop is how it is meant to end.
        }

        return ExitCodes.Success;
    }
}
