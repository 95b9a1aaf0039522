using System.Diagnostics;
using System.Globalization;

namespace Broadside.Cli.Demo;

/// <summary>The second process as the first one sees it.</summary>
internal sealed class ReceiverProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private long _expected;

    private ReceiverProcess(Process process)
    {
        _process = process;
    }

    /// <summary>Starts it; its connections are established when this ends.</summary>
    public static async Task<ReceiverProcess> StartAsync(int port, int count)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }

        start.ArgumentList.Add(DemoReceiversCommand.CommandName);
        start.ArgumentList.Add(port.ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add(count.ToString(CultureInfo.InvariantCulture));
        var receivers = new ReceiverProcess(Process.Start(start)!);
        await receivers.ReportAsync("connected");
        return receivers;
    }

    /// <summary>Has the receivers read at a rate of bytes per second each, or as <see cref="Receivers"/>' constants say.</summary>
    public Task PaceAsync(int bytesPerSecond) => OrderAsync($"pace {bytesPerSecond}");

    /// <summary>Waits until all receivers together have received so many bytes more.</summary>
    public async Task ReceiveAsync(long bytes)
    {
        _expected += bytes;
        await OrderAsync($"await {_expected}");
        await ReportAsync("received");
    }

    /// <summary>The time the next message that carries one took from its sending.</summary>
    public async Task<TimeSpan> LatencyAsync() =>
        TimeSpan.FromMicroseconds(long.Parse(await ReportAsync("latency "), CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task OrderAsync(FormattableString order)
    {
        await _process.StandardInput.WriteLineAsync(order.ToString(CultureInfo.InvariantCulture));
        await _process.StandardInput.FlushAsync();
    }

    private async Task<string> ReportAsync(string kind)
    {
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        return line is not null && line.StartsWith(kind, StringComparison.Ordinal)
            ? line[kind.Length..]
            : throw new CliException(ExitCodes.Failure, $"The receiving process said '{line}' where '{kind}' was expected.");
    }
}
