using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>A device on one end of a veth pair, the kernel with its address at the other; each in a namespace of its own.</summary>
internal sealed class VethLink : DeviceLink
{
    private readonly MacAddress _kernelsMacAddress;

    /// <param name="open">Opens a device on an interface.</param>
    /// <param name="hasIPv6">Whether the kernel has an IPv6 address too.</param>
    /// <param name="prepareKernels">What is to be done at the kernel's end before.</param>
    public VethLink(Func<string, PacketDevice> open, bool hasIPv6 = false, Action<NetworkNamespace, string>? prepareKernels = null)
        : this(CreatePair(hasIPv6), open, hasIPv6, prepareKernels)
    {
    }

    private VethLink(
        (NetworkNamespace Ours, NetworkNamespace Kernels) pair,
        Func<string, PacketDevice> open,
        bool hasIPv6,
        Action<NetworkNamespace, string>? prepareKernels)
        : base(pair.Ours, pair.Kernels, "bs0")
    {
        try
        {
            prepareKernels?.Invoke(KernelSpace, Interface);
            KernelSpace.Ip($"address add {Kernels}/24 dev {Interface}");
            Device = Space.Run(() => open(Interface));
            KernelSpace.Ip($"neighbor replace {Ours} lladdr {Device.MacAddress} dev {Interface}");
            if (hasIPv6)
            {
                KernelSpace.Ip($"address add {KernelsIPv6}/64 dev {Interface} nodad");
                KernelSpace.Ip($"neighbor replace {OursIPv6} lladdr {Device.MacAddress} dev {Interface}");
            }

            Device.WaitForLink(isUp: true);
            _kernelsMacAddress = Resolve();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override PacketDevice Device { get; } = null!;

    public override byte[] Frame(ReadOnlySpan<byte> packet) =>
        Packets.Ethernet(_kernelsMacAddress, Device.MacAddress, packet[0] >> 4 == 4 ? EtherType.IPv4 : EtherType.IPv6, packet);

    /// <summary>Asks the kernel for its address (RFC 826).</summary>
    public MacAddress Resolve()
    {
        var request = new byte[ArpRepresentation.Length];
        new ArpRepresentation(ArpOperation.Request, Device.MacAddress, Ours, default, Kernels).Emit(request);
        Device.Send(Packets.Ethernet(MacAddress.Broadcast, Device.MacAddress, EtherType.Arp, request));
        var reply = Device.ReceiveOnly((in ReceivedFrame frame) => frame.Bytes.ReadUInt16(12) == (ushort)EtherType.Arp);
        return MacAddress.Read(reply.AsSpan(EthernetRepresentation.HeaderLength + 8));
    }

    private static (NetworkNamespace Ours, NetworkNamespace Kernels) CreatePair(bool hasIPv6)
    {
        Requirement.NetworkNamespaces();
        return NetworkNamespace.CreatePair("bs0", hasIPv6);
    }
}
