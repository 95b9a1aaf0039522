using Spectre.Console;

namespace Broadside.Cli.Serving;

/// <summary>Standard error: on a terminal, log lines above a status line that is kept up to date; plain log lines otherwise.</summary>
internal sealed class StatusConsole
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly IAnsiConsole? _terminal = Console.IsErrorRedirected ? null : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Writes a line.</summary>
    public void WriteLine(string line)
    {
        if (_terminal is null)
        {
            Console.Error.WriteLine(line);
        }
        else
        {
            _terminal.WriteLine(line);
        }
    }

    /// <summary>Keeps the status line until it is told to stop.</summary>
    public Task ShowAsync(StatusLine status, CancellationToken stop) => _terminal is null
        ? UntilAsync(stop)
        : _terminal.Live(Render(status)).AutoClear(true).StartAsync(async display =>
        {
            using var timer = new PeriodicTimer(Interval);
            try
            {
                while (await timer.WaitForNextTickAsync(stop))
                {
                    display.UpdateTarget(Render(status));
                }
            }
            catch (OperationCanceledException)
            {
                // Told to stop.
            }
        });

    private static Text Render(StatusLine status) => new(status.Next()) { Overflow = Overflow.Ellipsis };

    private static async Task UntilAsync(CancellationToken stop) =>
        await Task.Delay(Timeout.InfiniteTimeSpan, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
