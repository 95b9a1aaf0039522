using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Broadside.Servers.Tests;

/// <summary>A real Redis 7.0 on a spare loopback port, for as long as the tests that share it run.</summary>
public sealed class RedisServer : IDisposable
{
    private const string Version = "7.0";
    private readonly Process? _process;
    private readonly string? _missing;
    private readonly IPEndPoint _endPoint = new(IPAddress.Loopback, 0);

    public RedisServer()
    {
        var program = Requirement.FindProgram("redis-server");
        if (program is null)
        {
            _missing = "redis-server is not on PATH";
            return;
        }

        _endPoint.Port = FindFreePort();
        _process = Start(program, ["--port", $"{_endPoint.Port}", "--bind", "127.0.0.1", "--save", "", "--dir", Path.GetTempPath()]);
        _missing = WaitUntilReady(_process);
    }

    /// <summary>A new connection; the test is skipped or fails where there is no such Redis.</summary>
    public RawConnection Connect()
    {
        Requirement.IsMet(_missing);
        return new RawConnection(_endPoint);
    }

    public void Dispose()
    {
        if (_process is not null)
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
    }

    private static int FindFreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    // None of its streams is shared with the tests: whoever reads those must see their end when the tests end.
    private static Process Start(string program, string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static string? WaitUntilReady(Process process)
    {
        var version = false;
        var ready = new ManualResetEventSlim();
        process.OutputDataReceived += (_, output) =>
        {
            version |= output.Data?.Contains($"Redis version={Version}.", StringComparison.Ordinal) ?? false;
            if (output.Data?.Contains("Ready to accept connections", StringComparison.Ordinal) ?? true)
            {
                ready.Set();
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return !ready.Wait(TimeSpan.FromSeconds(10)) || process.HasExited ? "redis-server did not start"
            : version ? null
            : $"redis-server is not version {Version}";
    }
}
