namespace Broadside.Conformance.Backends;

/// <summary>What fixtures over TUN interfaces need of the machine.</summary>
internal static class TunRequirement
{
    public static void Check()
    {
        Require.Environment(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Network namespaces need Linux and root.");
        Require.Environment(File.Exists("/dev/net/tun"), "There is no /dev/net/tun (modprobe tun).");
        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        Require.Environment(directories.Any(directory => File.Exists(Path.Combine(directory, "ip"))), "There is no program ip (package iproute2).");
    }
}
