namespace Broadside.NetStack.Tests.Devices;

/// <summary>
/// What tests of devices need of the machine: where it is missing they are skipped, or fail when BROADSIDE_REQUIRE_ALL is 1.
/// </summary>
internal static class Requirement
{
    /// <summary>Root, and the programs that set up network namespaces.</summary>
    public static void NetworkNamespaces()
    {
        Present(OperatingSystem.IsLinux(), "Network namespaces are a facility of Linux.");
        Present(Environment.IsPrivilegedProcess, "Network namespaces need root.");
        Program("ip", "iproute2");
        Program("ethtool", "ethtool");
    }

    public static void Tun()
    {
        NetworkNamespaces();
        Present(File.Exists("/dev/net/tun"), "There is no /dev/net/tun (modprobe tun).");
    }

    public static void Present(bool present, string reason)
    {
        if (!present && Environment.GetEnvironmentVariable("BROADSIDE_REQUIRE_ALL") == "1")
        {
            Assert.Fail(reason);
        }

        Assert.SkipUnless(present, reason);
    }

    public static void Program(string name, string package) => Present(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => File.Exists(Path.Combine(directory, name))),
        $"There is no program {name} (package {package}).");
}
