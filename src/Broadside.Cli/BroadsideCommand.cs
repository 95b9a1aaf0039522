using System.CommandLine;
using System.CommandLine.Invocation;
using Broadside.Cli.Clients;
using Broadside.Cli.Demo;
using Broadside.Cli.Serving;

namespace Broadside.Cli;

/// <summary>The command line: parses it, runs the command, turns what goes wrong into a message and an exit code.</summary>
internal static class BroadsideCommand
{
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        var parsed = Create().Parse(arguments);
        var invocation = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,

            // The commands handle signals themselves.
            ProcessTerminationTimeout = null,
        };
        if (parsed.Action is ParseErrorAction refusal)
        {
            refusal.ShowHelp = false;
            await parsed.InvokeAsync(invocation);
            return ExitCodes.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(invocation);
        }
        catch (CliException exception)
        {
            error.WriteLine("broadside: " + exception.Message);
            return exception.ExitCode;
        }
    }

    private static RootCommand Create() => new("Records over TCP: composed once, sent to many.")
    {
        new ServeCommand(),
        new PublishCommand(),
        new SubscribeCommand(),
        new DemoCommand(),
        new DemoReceiversCommand(),
    };
}
