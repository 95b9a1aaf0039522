using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>A TUN interface in a namespace of its own, with the kernel's address on it.</summary>
internal sealed class TunLink : DeviceLink
{
    public TunLink(bool hasIPv6 = false)
        : this(CreateSpace(hasIPv6), hasIPv6)
    {
    }

    private TunLink(NetworkNamespace space, bool hasIPv6)
        : base(space, space, "bs0")
    {
        try
        {
            Device = space.Run(() => TunDevice.Open(Interface));
            space.Ip($"address add {Kernels}/24 dev {Interface}");
            if (hasIPv6)
            {
                space.Ip($"address add {KernelsIPv6}/64 dev {Interface} nodad");
            }

            space.Ip($"link set {Interface} up");
            Device.WaitForLink(isUp: true);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override PacketDevice Device { get; }

    public override byte[] Frame(ReadOnlySpan<byte> packet) => packet.ToArray();

    private static NetworkNamespace CreateSpace(bool hasIPv6)
    {
        Requirement.Tun();
        return NetworkNamespace.Create(hasIPv6);
    }
}
