using System.Diagnostics;
using System.Runtime.InteropServices;
using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>Another process at a wire's other end.</summary>
internal sealed class WireProcess : IDisposable
{
    private readonly Process _process;

    public WireProcess(string path, params string[] command)
    {
        var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));
        var program = Path.Combine(AppContext.BaseDirectory, "Broadside.NetStack.Peer.dll");
        _process = Process.Start(new ProcessStartInfo(host, ["exec", program, path, .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    /// <summary>What it says next: its role once it has an end, <c>done</c>, or what went wrong.</summary>
    public string? ReadLine() => _process.StandardOutput.ReadLine();

    /// <summary>Has it close its end and leave.</summary>
    public void Finish()
    {
        Assert.Equal("done", ReadLine());
        _process.StandardInput.WriteLine();
        _process.WaitForExit();
        Assert.Equal(0, _process.ExitCode);
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}

/// <summary>A file for a wire, in memory where there is such a place.</summary>
internal sealed class WirePath : IDisposable
{
    private static int _counter;

    public string Path { get; } = System.IO.Path.Combine(
        Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath(),
        $"broadside-test-{Environment.ProcessId}-{Interlocked.Increment(ref _counter)}");

    public void Dispose() => File.Delete(Path);

    /// <summary>Writes into the wire's memory as a damaged or hostile process might.</summary>
    public void Damage(long offset, ReadOnlySpan<byte> bytes)
    {
        using var file = File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.Write(file, bytes, offset);
    }

    public void Damage(long offset, ulong value) => Damage(offset, BitConverter.GetBytes(value));
}
