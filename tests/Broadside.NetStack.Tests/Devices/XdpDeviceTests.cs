using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>XDP sockets on one end of a veth pair whose other end computes its checksums.</summary>
public sealed class XdpDeviceTests : KernelLinkTests
{
    // A process that may lock a mebibyte.
    private static readonly string[] Limited = ["prlimit", "--memlock=1048576", "setpriv", "--inh-caps=-all"];

    internal override DeviceLink Open(bool hasIPv6 = false) => OpenLink(hasIPv6);

    internal static VethLink OpenLink(bool hasIPv6 = false) =>
        new(name => XdpDevice.Open(name), hasIPv6, (kernels, name) => kernels.Execute("ethtool", $"-K {name} tx off"));

    [Fact]
    public void The_program_is_attached_while_the_device_is_open()
    {
        using var link = Open();
        Assert.Equal("xdp:bs0", link.Device.Name);
        Assert.False(((XdpDevice)link.Device).IsGeneric);
        Assert.True(HasProgram(link.Space));
        link.Device.Dispose();
        Assert.False(HasProgram(link.Space));
    }

    [Fact]
    public void Nothing_stays_attached_of_a_process_that_is_killed()
    {
        Requirement.NetworkNamespaces();
        var (ours, kernels) = NetworkNamespace.CreatePair("bs0");
        using var first = ours;
        using var second = kernels;
        using var process = DeviceProcess.Start(ours, "xdp:bs0");
        Assert.True(HasProgram(ours));
        Assert.Contains("in use by another XDP socket", Refusal(ours, () => XdpDevice.Open("bs0")), StringComparison.Ordinal);
        DeviceProcess.KillAtOnce(process);
        Assert.True(SpinWait.SpinUntil(() => !HasProgram(ours), TimeSpan.FromSeconds(20)));
        using var reopened = ours.Run(() => XdpDevice.Open("bs0"));
    }

    [Fact]
    public void Queues_of_an_interface_share_its_program()
    {
        Requirement.NetworkNamespaces();
        using var space = NetworkNamespace.Create();
        space.Ip("link add bs0 numrxqueues 2 numtxqueues 2 type veth peer name bs1 numrxqueues 2 numtxqueues 2");
        space.Ip("link set bs0 up");
        space.Ip("link set bs1 up");
        using (space.Run(() => DeviceAddress.Parse("xdp:bs0").Open(0, 2)))
        {
            using (var second = space.Run(() => DeviceAddress.Parse("xdp:bs0").Open(1, 2)))
            {
                Assert.Equal("xdp:bs0:1", second.Name);
                Assert.Contains("no queue 2", Refusal(space, () => XdpDevice.Open("bs0", 2)), StringComparison.Ordinal);
            }

            Assert.True(HasProgram(space));
        }

        Assert.False(HasProgram(space));
        using var process = DeviceProcess.Start(space, "xdp:bs0");
        Assert.Contains("another XDP program is attached", Refusal(space, () => XdpDevice.Open("bs0", 1)), StringComparison.Ordinal);
        DeviceProcess.KillAtOnce(process);
    }

    [Fact]
    public void A_driver_without_XDP_is_used_all_the_same()
    {
        Requirement.NetworkNamespaces();
        using var space = NetworkNamespace.Create();
        space.Ip("link add bs0 type ifb");
        space.Ip("link set bs0 up");
        using var device = space.Run(() => XdpDevice.Open("bs0"));
        Assert.True(device.IsGeneric);
        Assert.False(device.IsZeroCopy);
    }

    [Fact]
    public void A_checksum_left_to_the_device_is_taken_for_a_wrong_one()
    {
        // Without turning the peer's offload off, nothing tells that the checksum is not there yet: the reason why it has to be.
        using var link = new VethLink(name => XdpDevice.Open(name));
        using var socket = link.OpenSocket(System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
        socket.SendTo(Bytes(100), new System.Net.IPEndPoint(DeviceLink.Ours.ToIPAddress(), DeviceLink.Port));
        var packet = link.Receive(InternetProtocol.Udp);
        Assert.True(UdpDatagram.TryParse(packet, out var datagram, out _));
        Assert.False(datagram.HasValidChecksum(PseudoHeader.Between(DeviceLink.Kernels, DeviceLink.Ours, InternetProtocol.Udp)));
    }

    [Fact]
    public void What_is_missing_is_said()
    {
        using var link = Open();
        Assert.Contains("xdp:bs9: there is no interface 'bs9'", Refusal("bs9"), StringComparison.Ordinal);
        Assert.Contains("no Ethernet interface", Refusal("lo"), StringComparison.Ordinal);
        Assert.Contains("in use by another XDP socket", Refusal("bs0"), StringComparison.Ordinal);
        link.Device.Dispose();
        Assert.Contains("CAP_NET_RAW", Refusal("bs0", Capabilities.DropAll), StringComparison.Ordinal);
        Assert.Contains(
            "CAP_BPF", Refusal("bs0", () => Capabilities.KeepOnly(Capabilities.NetRaw, Capabilities.LockMemory)), StringComparison.Ordinal);
        link.Space.Ip("link set bs0 mtu 9000");
        Assert.Contains("MTU 9000 of the interface bs0 is too large", Refusal("bs0"), StringComparison.Ordinal);
        link.Space.Ip("link set bs0 mtu 1500");
        link.KernelSpace.Ip("link set bs0 mtu 9000");
        Assert.Contains("for a veth its peer's, is too large", Refusal("bs0"), StringComparison.Ordinal);
        link.Space.Ip("link set bs0 down");
        Assert.Contains("ip link set bs0 up", Refusal("bs0"), StringComparison.Ordinal);

        string Refusal(string name, Action? before = null) =>
            KernelLinkTests.Refusal(link.Space, () => XdpDevice.Open(name), before);
    }

    [Fact]
    public void Locked_memory_that_is_refused_is_named()
    {
        var (ours, kernels) = CreateLimited();
        using var first = ours;
        using var second = kernels;
        var refusal = DeviceProcess.Fail(ours, "xdp:bs0", [.. Limited, "--bounding-set=-ipc_lock,-sys_resource"]);
        Assert.Contains("RLIMIT_MEMLOCK", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Locked_memory_is_raised_where_that_is_allowed()
    {
        Assert.SkipUnless(Capabilities.Has(Capabilities.SystemResource), "Raising the limit of locked memory needs CAP_SYS_RESOURCE.");
        var (ours, kernels) = CreateLimited();
        using var first = ours;
        using var second = kernels;
        using var process = DeviceProcess.Start(ours, "xdp:bs0", [.. Limited, "--bounding-set=-ipc_lock"]);
        DeviceProcess.KillAtOnce(process);
    }

    private static bool HasProgram(NetworkNamespace space) => space.Ip("-d link show bs0").Contains("xdp", StringComparison.Ordinal);

    private static (NetworkNamespace Ours, NetworkNamespace Kernels) CreateLimited()
    {
        Requirement.NetworkNamespaces();
        Requirement.Program("prlimit", "util-linux");
        Requirement.Program("setpriv", "util-linux");
        return NetworkNamespace.CreatePair("bs0");
    }
}
