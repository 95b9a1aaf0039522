using System.CommandLine;
using Broadside.Cli.Options;

namespace Broadside.Cli.Demo;

/// <summary><c>broadside demo</c>: what records are for, measured on this machine beside naive sockets, in under a minute.</summary>
internal sealed class DemoCommand : Command
{
    private readonly Option<int> _receivers = Parsed.Number("--receivers", 1000, 2, 20_000, "How many connections receive, in a second process.");

    public DemoCommand()
        : base("demo", "Shows broadcast, priority and withdrawal, measured here and now beside naive sockets. Needs no privilege, takes under a minute.")
    {
        Options.Add(_receivers);
        SetAction((parsed, _) => DemoRun.RunAsync(parsed.GetValue(_receivers)));
    }
}

/// <summary>The demo's second process; started by <see cref="ReceiverProcess"/>.</summary>
internal sealed class DemoReceiversCommand : Command
{
    public const string CommandName = "demo-receivers";

    private readonly Argument<int> _port = new("port");
    private readonly Argument<int> _count = new("count");

    public DemoReceiversCommand()
        : base(CommandName, "The receivers of a demo.")
    {
        Hidden = true;
        Arguments.Add(_port);
        Arguments.Add(_count);
        SetAction(async (parsed, _) =>
        {
            await new Receivers(parsed.GetValue(_port)).RunAsync(parsed.GetValue(_count), Console.In, Console.Out);
            return ExitCodes.Success;
        });
    }
}
