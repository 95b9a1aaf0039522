using System.Net.Sockets;
using Broadside.Cli.Diagnostics;
using Broadside.NetStack;
using Broadside.Relay;

namespace Broadside.Cli.Serving;

/// <summary>Runs a relay in this process until a signal ends it.</summary>
internal static class RelayHost
{
    /// <summary>Serves; ends when the relay has drained.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="CliException">It cannot start.</exception>
    public static async Task<int> RunAsync(ServeSettings settings, TextWriter output)
    {
        using var signals = new TerminationSignals();
        var console = new StatusConsole();
        using var logging = new ConsoleLoggerFactory(settings.LogLevel, console.WriteLine, TimeProvider.System);
        var engine = CreateEngine(settings, logging);
        var relay = await StartAsync(engine, settings.Relay);
        Banner.Write(output, engine, relay, settings);
        await console.ShowAsync(new StatusLine(relay, engine.Arena, TimeProvider.System), signals.First);
        output.WriteLine($"draining, for {settings.DrainTimeout} at most; a second signal ends it at once");
        return await StopAsync(engine, relay, settings, signals.Second);
    }

    private static RecordEngine CreateEngine(ServeSettings settings, ConsoleLoggerFactory logging)
    {
        var options = new EngineOptions
        {
            Channels = settings.Channels,
            PinThreads = settings.PinThreads,
            Arena = new ArenaOptions { MaximumBytes = settings.Memory.Bytes },
            LoggerFactory = logging,
        };
        try
        {
            return settings.NetStack is { } netStack
                ? new RecordEngine(new NetStackBackend(netStack), options, "Chosen because it was asked for.")
                : RecordEngine.Create(options, settings.Backend, settings.IoUring);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or PlatformNotSupportedException or DeviceFailedException)
        {
            throw new CliException(ExitCodes.Usage, exception.Message);
        }
    }

    private static async Task<RelayServer> StartAsync(RecordEngine engine, RelayOptions options)
    {
        try
        {
            return await RelayServer.StartAsync(engine, options);
        }
        catch (Exception exception) when (exception is ArgumentException or SocketException)
        {
            await engine.StopAsync(TimeSpan.Zero);
            throw exception is SocketException failure
                ? new CliException(ExitCodes.CannotBind, $"Cannot listen on {string.Join(", ", options.EndPoints)}: {failure.Message}.")
                : new CliException(ExitCodes.Usage, exception.Message + " See broadside serve --help.");
        }
    }

    private static async Task<int> StopAsync(RecordEngine engine, RelayServer relay, ServeSettings settings, CancellationToken abort)
    {
        var drained = DrainAsync(engine, relay, settings.DrainTimeout.Value);
        try
        {
            await drained.WaitAsync(abort);
            return ExitCodes.Success;
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            // The process ends, and the system closes what is open.
            return ExitCodes.Aborted;
        }
    }

    private static async Task DrainAsync(RecordEngine engine, RelayServer relay, TimeSpan deadline)
    {
        await relay.StopAsync(deadline);
        await engine.StopAsync(TimeSpan.Zero);
    }
}
