using Broadside.NetStack.Devices;
using Broadside.NetStack.Tests.Devices;

namespace Broadside.Conformance.Backends;

/// <summary>TUN interfaces as fixtures use them: made beforehand, each in a namespace, with the kernel's address on it.</summary>
internal static class TunInterfaces
{
    /// <summary>Skips a test where the machine lacks something that they need.</summary>
    public static void Require()
    {
        Harness.Require.Environment(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Network namespaces need Linux and root.");
        Harness.Require.Environment(File.Exists("/dev/net/tun"), "There is no /dev/net/tun (modprobe tun).");
        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        Harness.Require.Environment(
            directories.Any(directory => File.Exists(Path.Combine(directory, "ip"))), "There is no program ip (package iproute2).");
    }

    public static void Add(NetworkNamespace space, string name, IPAddress kernels)
    {
        space.Ip($"tuntap add {name} mode tun");
        space.Ip($"address add {kernels}/24 dev {name}");
        space.Ip($"link set {name} txqueuelen 5000 up");
    }

    /// <summary>Opens one. Before it is up, the kernel sends nothing on it.</summary>
    public static PacketDevice Open(NetworkNamespace space, string name)
    {
        var device = space.Run(() => TunDevice.Open(name));
        while (!device.IsUp)
        {
            device.Wait(TimeSpan.FromMilliseconds(100), forRoom: false);
        }

        return device;
    }
}
