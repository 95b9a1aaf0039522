using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>A network namespace of a test's own, with all that is made in it; removed when disposed of.</summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const string Prefix = "broadside-test-";
    private const int ReadOnly = 0;
    private const int NewNetwork = 0x4000_0000;

    private static int _count;

    static NetworkNamespace() => RemoveThoseOfDeadProcesses();

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    public static NetworkNamespace Create(bool hasIPv6 = false)
    {
        var name = $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        RunProgram("ip", $"netns add {name}");
        var created = new NetworkNamespace(name);
        created.Ip("link set lo up");

        // What the kernel says by itself would stand between the frames that tests wait for.
        if (!hasIPv6)
        {
            created.Execute("sysctl", "-qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1");
        }

        return created;
    }

    /// <summary>Two namespaces with a cable between them: an interface of the same name in each.</summary>
    public static (NetworkNamespace Ours, NetworkNamespace Kernels) CreatePair(string interfaceName, bool hasIPv6 = false)
    {
        var ours = Create();
        var kernels = Create(hasIPv6);
        ours.Ip($"link add {interfaceName} type veth peer name {interfaceName} netns {kernels.Name}");
        ours.Ip($"link set {interfaceName} up");
        kernels.Ip($"link set {interfaceName} up");
        return (ours, kernels);
    }

    /// <summary>Runs ip(8) in it.</summary>
    public string Ip(string arguments) => RunProgram("ip", $"-n {Name} {arguments}");

    /// <summary>Runs a program in it.</summary>
    public string Execute(string program, string arguments) => RunProgram("ip", $"netns exec {Name} {program} {arguments}");

    /// <summary>Runs code on a thread in it: sockets, devices and processes made there stay in it.</summary>
    public T Run<T>(Func<T> function)
    {
        var result = default(T);
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                result = function();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    /// <summary>Puts the calling thread into it, for good.</summary>
    public void Enter()
    {
        var file = Open($"/run/netns/{Name}", ReadOnly);
        Assert.True(file >= 0 && SetNamespace(file, NewNetwork) == 0, $"The namespace {Name} cannot be entered.");
        Assert.Equal(0, Close(file));
    }

    public void Dispose() => RunProgram("ip", $"netns delete {Name}");

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it wrote.</returns>
    public static string RunProgram(string program, string arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var output = process.StandardOutput;
        using var errors = process.StandardError;
        var text = output.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? text
            : throw new InvalidOperationException($"{program} {arguments}: exit code {process.ExitCode}: {text}{errors.ReadToEnd()}");
    }

    private static void RemoveThoseOfDeadProcesses()
    {
        foreach (var line in RunProgram("ip", "netns list").Split('\n').Where(line => line.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var name = line.Split(' ')[0];
            if (!Directory.Exists($"/proc/{name[Prefix.Length..].Split('-')[0]}"))
            {
                RunProgram("ip", $"netns delete {name}");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "setns")]
    private static partial int SetNamespace(int file, int type);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
