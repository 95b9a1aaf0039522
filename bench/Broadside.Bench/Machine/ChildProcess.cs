using System.Diagnostics;

namespace Broadside.Bench.Machine;

/// <summary>A process of the harness's: lines in, lines out. Disposing it kills it.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Queue<string> _lastErrors = new();

    public ChildProcess(IEnumerable<string> command, bool readsOutput)
    {
        var parts = command.ToArray();
        var start = new ProcessStartInfo(parts[0], parts[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // What is measured must not depend on how the harness itself was started.
        start.Environment.Remove("DOTNET_gcServer");
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginErrorReadLine();
        if (!readsOutput)
        {
            _process.OutputDataReceived += (_, line) => Keep(line.Data);
            _process.BeginOutputReadLine();
        }
    }

    public int Id => _process.Id;

    public Task WriteLineAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    /// <summary>The next line of its output.</summary>
    /// <exception cref="BenchException">It ended, or said nothing in time.</exception>
    public async Task<string> ReadLineAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            return await _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(patience, cancellationToken)
                ?? throw new BenchException($"It ended: {LastErrors()}");
        }
        catch (TimeoutException)
        {
            throw new BenchException($"It said nothing for {patience.TotalSeconds} s. {LastErrors()}");
        }
    }

    /// <summary>The process's own resident memory, in bytes.</summary>
    public long ResidentBytes()
    {
        _process.Refresh();
        return _process.WorkingSet64;
    }

    /// <summary>Processor time it has used, in user and kernel mode.</summary>
    public TimeSpan ProcessorTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        lock (_lastErrors)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                _lastErrors.Enqueue(line);
            }

            if (_lastErrors.Count > 5)
            {
                _lastErrors.Dequeue();
            }
        }
    }

    private string LastErrors()
    {
        lock (_lastErrors)
        {
            return string.Join(" / ", _lastErrors);
        }
    }
}
