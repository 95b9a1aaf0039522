using System.Net;
using System.Net.Sockets;
using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>A device in a network namespace, and the kernel at the other end of its link, with an address and sockets.</summary>
internal abstract class DeviceLink(NetworkNamespace space, NetworkNamespace kernels, string interfaceName) : IDisposable
{
    public const ushort Port = 9000;

    public static IPv4Address Ours { get; } = IPv4Address.From(IPAddress.Parse("10.9.0.2"));

    public static IPv4Address Kernels { get; } = IPv4Address.From(IPAddress.Parse("10.9.0.1"));

    public static IPv6Address OursIPv6 { get; } = IPv6Address.From(IPAddress.Parse("fd09::2"));

    public static IPv6Address KernelsIPv6 { get; } = IPv6Address.From(IPAddress.Parse("fd09::1"));

    /// <summary>Where the device is.</summary>
    public NetworkNamespace Space { get; } = space;

    public NetworkNamespace KernelSpace { get; } = kernels;

    /// <summary>The interface's name, the same at both ends.</summary>
    public string Interface { get; } = interfaceName;

    public abstract PacketDevice Device { get; }

    /// <summary>Where in a frame the IP header begins.</summary>
    public int NetworkOffset => Device.LinkLayer == LinkLayer.Ethernet ? EthernetRepresentation.HeaderLength : 0;

    public long TransmitDrops => ((DescriptorDevice)Device).TransmitDrops;

    /// <summary>Makes a packet for the kernel a frame.</summary>
    public abstract byte[] Frame(ReadOnlySpan<byte> packet);

    public void Send(ReadOnlySpan<byte> packet) => Device.Send(Frame(packet));

    /// <summary>A socket of the kernel's, bound to <see cref="Port"/>.</summary>
    public Socket OpenSocket(SocketType type, ProtocolType protocol, bool isIPv6 = false) => KernelSpace.Run(() =>
    {
        var address = isIPv6 ? KernelsIPv6.ToIPAddress() : Kernels.ToIPAddress();
        var socket = new Socket(address.AddressFamily, type, protocol) { ReceiveTimeout = 20_000, SendTimeout = 20_000 };

        // SO_RCVBUFFORCE: a burst must find room whatever the system's limit is.
        socket.SetRawSocketOption(1, 33, BitConverter.GetBytes(1 << 23));
        socket.Bind(new IPEndPoint(address, Port));
        return socket;
    });

    public bool IsPacketOf(InternetProtocol protocol, in ReceivedFrame frame) => Payload(protocol, frame.Bytes) is not null;

    /// <summary>Waits for a packet of a protocol; what is behind its IP header.</summary>
    public byte[] Receive(InternetProtocol protocol)
    {
        var frame = Device.ReceiveOnly((in ReceivedFrame frame) => IsPacketOf(protocol, frame));
        return frame[Payload(protocol, frame)!.Value..];
    }

    public void AssertEcho(ushort sequenceNumber)
    {
        var request = Packets.EchoRequest(Ours, Kernels, sequenceNumber);
        Send(request);
        var reply = Receive(InternetProtocol.Icmp);
        Assert.Equal(0, reply[0]);
        Assert.Equal(request[24..], reply[4..]);
    }

    public virtual void Dispose()
    {
        Device?.Dispose();
        Space.Dispose();
        if (KernelSpace != Space)
        {
            KernelSpace.Dispose();
        }
    }

    // Where the payload of a packet of the protocol begins; null if the frame is something else.
    private int? Payload(InternetProtocol protocol, ReadOnlySpan<byte> frame) =>
        (frame[NetworkOffset] >> 4, NetworkOffset == 0 ? 0 : frame.ReadUInt16(12)) switch
        {
            (4, 0 or (ushort)EtherType.IPv4) when frame[NetworkOffset + 9] == (byte)protocol =>
                NetworkOffset + IPv4Representation.HeaderLength,
            (6, 0 or (ushort)EtherType.IPv6) when frame[NetworkOffset + 6] == (byte)protocol =>
                NetworkOffset + IPv6Representation.HeaderLength,
            _ => null,
        };
}
