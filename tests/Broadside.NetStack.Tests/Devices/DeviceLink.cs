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
    public Socket OpenSocket(SocketType type, ProtocolType protocol) => KernelSpace.Run(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, type, protocol)
        {
            ReceiveTimeout = 20_000,
            SendTimeout = 20_000,
            ReceiveBufferSize = 1 << 22,
        };
        socket.Bind(new IPEndPoint(Kernels.ToIPAddress(), Port));
        return socket;
    });

    public bool IsPacketOf(InternetProtocol protocol, in ReceivedFrame frame) =>
        frame.Bytes[NetworkOffset] >> 4 == 4
        && (NetworkOffset == 0 || frame.Bytes.ReadUInt16(12) == (ushort)EtherType.IPv4)
        && frame.Bytes[NetworkOffset + 9] == (byte)protocol;

    /// <summary>Waits for a packet of a protocol; what is behind its IP header.</summary>
    public byte[] Receive(InternetProtocol protocol) =>
        Device.ReceiveOnly((in ReceivedFrame frame) => IsPacketOf(protocol, frame))[(NetworkOffset + IPv4Representation.HeaderLength)..];

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
}
