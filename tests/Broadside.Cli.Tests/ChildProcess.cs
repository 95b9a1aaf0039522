using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Broadside.Cli.Tests;

/// <summary>A process that a test starts, watches line by line and ends.</summary>
internal sealed partial class ChildProcess : IDisposable
{
    // Far beyond what anything here takes: only a failure waits so long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(ProcessStartInfo start)
    {
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public enum Signal
    {
        Interrupt = 2,
        Terminate = 15,
    }

    /// <summary>Starts the tool.</summary>
    public static ChildProcess Tool(params string[] arguments) =>
        Start(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "Broadside.Cli.dll"), .. arguments]);

    /// <summary>Starts a program.</summary>
    public static ChildProcess Start(string program, params string[] arguments) => new(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    });

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var child = Start(program, arguments);
        Assert.Equal(0, await child.ExitAsync());
        return child.Output;
    }

    public string Output => Join(_output);

    public string Errors => Join(_errors);

    public void Send(Signal signal) => Assert.Equal(0, Kill(_process.Id, (int)signal));

    /// <summary>Writes to standard input and ends it.</summary>
    public void Feed(string text)
    {
        _process.StandardInput.Write(text);
        _process.StandardInput.Close();
    }

    /// <summary>Waits for a line that contains <paramref name="part"/>, on either stream.</summary>
    public async Task<string> LineAsync(string part)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_output.Concat(_errors).FirstOrDefault(line => line.Contains(part, StringComparison.Ordinal)) is { } found)
                {
                    return found;
                }

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"No line with '{part}' came. Output:\n{Output}\nErrors:\n{Errors}");
            }
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void Keep(List<string> lines, string? line)
    {
        lock (_gate)
        {
            if (line is not null)
            {
                lines.Add(line);
            }

            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private string Join(List<string> lines)
    {
        lock (_gate)
        {
            return string.Join('\n', lines);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
