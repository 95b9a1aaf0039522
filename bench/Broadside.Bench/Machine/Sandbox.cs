using System.Globalization;

namespace Broadside.Bench.Machine;

/// <summary>
/// Where contenders and load run: each pinned to its processor, together in a network namespace of their own, so that congestion
/// control and socket limits are the same for all on every machine.
/// </summary>
internal sealed class Sandbox : IDisposable
{
    private static readonly string[] NetworkSettings =
    [
        "net.ipv4.tcp_congestion_control=cubic",
        "net.ipv4.tcp_rmem=4096 131072 6291456",
        "net.ipv4.tcp_wmem=4096 16384 4194304",
        "net.ipv4.ip_local_port_range=10000 65000",
        "net.core.somaxconn=4096",
    ];

    private readonly CongestionControl _congestionControl = new();
    private readonly string? _namespace;
    private readonly bool _canPin;
    private int _lastPort = 7100;

    public Sandbox()
    {
        _canPin = Shell.Run("taskset", "-c", Processors.Server.ToString(CultureInfo.InvariantCulture), "true") is not null;
        if (!_canPin)
        {
            Weaknesses.Add("taskset is missing (package util-linux): nothing is pinned, and what the cores were busy with cannot be told apart");
        }

        if (Processors.Load == Processors.Server)
        {
            Weaknesses.Add("there is one processor: the load takes from the server what it needs itself");
        }

        _namespace = CreateNamespace();
    }

    /// <summary>What could not be arranged, and how it weakens the figures.</summary>
    public List<string> Weaknesses { get; } = [];

    /// <summary>What was arranged.</summary>
    public string Description =>
        (_namespace is null ? "the machine's own network" : "a network namespace of its own, " + string.Join(", ", NetworkSettings[..3].Select(static setting => setting[9..])))
        + (_canPin ? $"; servers on CPU {Processors.Server}, load on CPU {Processors.Load}" : "; nothing pinned");

    /// <summary>A folder for the run's files.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("broadside-bench-").FullName;

    /// <summary>A port that nothing listens on.</summary>
    public int NextPort() => ++_lastPort;

    public ChildProcess StartServer(IEnumerable<string> command) => new(Prefix(Processors.Server).Concat(command), readsOutput: false);

    /// <summary>Starts a part of the harness's own executable.</summary>
    /// <param name="processor">Where.</param>
    /// <param name="arguments">Which part, and its arguments.</param>
    public ChildProcess StartWorker(int processor, params IEnumerable<string> arguments) =>
        new(Prefix(processor).Concat([Environment.ProcessPath!, "worker"]).Concat(arguments), readsOutput: true);

    public void Dispose()
    {
        if (_namespace is not null)
        {
            Shell.Run("ip", "netns", "delete", _namespace);
        }

        _congestionControl.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private IEnumerable<string> Prefix(int processor)
    {
        string[] enter = _namespace is null ? [] : ["ip", "netns", "exec", _namespace];
        string[] pin = _canPin ? ["taskset", "-c", processor.ToString(CultureInfo.InvariantCulture)] : [];
        return enter.Concat(pin);
    }

    private string? CreateNamespace()
    {
        var name = $"broadside-bench-{Environment.ProcessId}";
        if (Shell.Run("ip", "netns", "add", name) is null)
        {
            Weaknesses.Add(
                "no network namespace could be made (it takes privilege, and the package iproute2): congestion control and socket limits are"
                + " the machine's, other traffic shares its tables, and figures compare with each other but less with another machine's");
            return null;
        }

        _congestionControl.Allow();
        Shell.Run("ip", "-n", name, "link", "set", "lo", "up");
        foreach (var setting in NetworkSettings)
        {
            if (Shell.Run("ip", "netns", "exec", name, "sysctl", "-q", "-w", setting) is null)
            {
                Weaknesses.Add($"{setting} could not be set: the machine's own value holds, for every contender");
            }
        }

        return name;
    }
}
