using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>A TUN interface in a namespace of its own, with the kernel's address on it.</summary>
internal sealed class TunLink : DeviceLink
{
    public TunLink()
        : this(CreateSpace())
    {
    }

    private TunLink(NetworkNamespace space)
        : base(space, space, "bs0")
    {
        try
        {
            Device = space.Run(() => TunDevice.Open(Interface));
            space.Ip($"address add {Kernels}/24 dev {Interface}");
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

    private static NetworkNamespace CreateSpace()
    {
        Requirement.Tun();
        return NetworkNamespace.Create();
    }
}
