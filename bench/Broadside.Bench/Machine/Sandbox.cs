using System.Globalization;

namespace Broadside.Bench.Machine;

/// <summary>
/// Where contenders and load run: each pinned to its processor, with congestion control and socket limits that are the same for all
/// on every machine where the harness is isolated.
/// </summary>
internal sealed class Sandbox
{
    private static readonly string[] NetworkSettings =
    [
        "net.ipv4.tcp_rmem=4096 131072 6291456",
        "net.ipv4.tcp_wmem=4096 16384 4194304",
        "net.ipv4.ip_local_port_range=10000 65000",
        "net.core.somaxconn=4096",
        "net.ipv4.tcp_max_tw_buckets=2000000",
    ];

    private readonly bool _isIsolated;
    private readonly bool _canPin;
    private int _lastPort = 7100;

    /// <param name="isIsolated">Whether the network is the harness's own.</param>
    public Sandbox(bool isIsolated)
    {
        _isIsolated = isIsolated;
        _canPin = Shell.Run("taskset", "-c", Processors.Server.ToString(CultureInfo.InvariantCulture), "true") is not null;
        if (!_canPin)
        {
            Weaknesses.Add("taskset is missing (package util-linux): nothing is pinned, and what the cores were busy with cannot be told apart");
        }

        if (Processors.Load == Processors.Server)
        {
            Weaknesses.Add("there is one processor: the load takes from the server what it needs itself");
        }

        if (isIsolated)
        {
            ArrangeNetwork();
        }
        else
        {
            Weaknesses.Add(
                "no network namespace could be made (it takes privilege, and the packages util-linux and iproute2): congestion control and socket"
                + " limits are the machine's, other traffic shares its tables, and figures compare with each other but less with another machine's");
        }
    }

    /// <summary>What could not be arranged, and how it weakens the figures.</summary>
    public List<string> Weaknesses { get; } = [];

    /// <summary>What was arranged.</summary>
    public string Description =>
        (_isIsolated ? "a network namespace of its own, cubic, " + string.Join(", ", NetworkSettings[..2].Select(static setting => setting[9..])) : "the machine's own network")
        + (_canPin ? $"; servers on CPU {Processors.Server}, load on CPU {Processors.Load}" : "; nothing pinned");

    /// <summary>A folder for what contenders have to read from a file; a later run overwrites it.</summary>
    public string Folder { get; } = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "run")).FullName;

    /// <summary>A port that nothing listens on.</summary>
    public int NextPort() => ++_lastPort;

    /// <param name="command">The server.</param>
    /// <param name="processors">Where, as taskset has it.</param>
    /// <param name="readsOutput">Whether its output is read line by line, or only kept to explain its end.</param>
    public ChildProcess StartServer(IEnumerable<string> command, string processors, bool readsOutput) => new(Arranged(processors).Concat(command), readsOutput);

    /// <summary>Starts a part of the harness's own executable.</summary>
    /// <param name="processor">Where.</param>
    /// <param name="arguments">Which part, and its arguments.</param>
    public ChildProcess StartWorker(int processor, params IEnumerable<string> arguments) =>
        new(Arranged(processor.ToString(CultureInfo.InvariantCulture)).Concat([Environment.ProcessPath!, "worker"]).Concat(arguments), readsOutput: true);

    private string[] Arranged(string processors) => _canPin ? [.. DescriptorLimit.Raise, "taskset", "-c", processors] : DescriptorLimit.Raise;

    // CUBIC by route: to a namespace's sysctl the kernel offers only what the whole machine allows to everybody (ip-route(8), congctl).
    private void ArrangeNetwork()
    {
        Shell.Run("ip", "link", "set", "lo", "up");
        string[] toLoopback = ["dev", "lo", "proto", "kernel", "scope", "host", "src", "127.0.0.1", "congctl", "lock", "cubic"];
        foreach (var destination in new[] { "127.0.0.0/8", "127.0.0.1" })
        {
            if (Shell.Run(["ip", "route", "replace", "table", "local", "local", destination, .. toLoopback]) is null)
            {
                Weaknesses.Add("CUBIC could not be set: the machine's own congestion control holds, for every contender");
            }
        }

        foreach (var setting in NetworkSettings.Where(static setting => Shell.Run("sysctl", "-q", "-w", setting) is null))
        {
            Weaknesses.Add($"{setting} could not be set: the machine's own value holds, for every contender");
        }
    }
}
