using System.Net;
using System.Net.Sockets;
using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>A TUN interface in a namespace of its own, with the kernel's address on it.</summary>
internal sealed class TunLink : IDisposable
{
    public TunLink()
    {
        Requirement.Tun();
        Space = NetworkNamespace.Create();
        try
        {
            Device = Space.Run(() => TunDevice.Open("bs0"));
            Space.Ip($"address add {Kernels}/24 dev bs0");
            Space.Ip("link set bs0 up");
            Device.WaitForLink(isUp: true);
        }
        catch
        {
            Device?.Dispose();
            Space.Dispose();
            throw;
        }
    }

    public static IPv4Address Ours { get; } = IPv4Address.From(IPAddress.Parse("10.9.0.2"));

    public static IPv4Address Kernels { get; } = IPv4Address.From(IPAddress.Parse("10.9.0.1"));

    public NetworkNamespace Space { get; }

    public PacketDevice Device { get; }

    /// <summary>A socket of the kernel's, bound to port 9000.</summary>
    public Socket OpenSocket(SocketType type, ProtocolType protocol) => Space.Run(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, type, protocol) { ReceiveTimeout = 20_000, SendTimeout = 20_000 };
        socket.Bind(new IPEndPoint(Kernels.ToIPAddress(), 9000));
        return socket;
    });

    public void AssertEcho(ushort sequenceNumber)
    {
        var request = Packets.EchoRequest(Ours, Kernels, sequenceNumber);
        Device.Send(request);
        var reply = Device.ReceiveOnly((in ReceivedFrame frame) => frame.Bytes[0] >> 4 == 4 && frame.Bytes[9] == (byte)InternetProtocol.Icmp);
        Assert.Equal(0, reply[20]);
        Assert.Equal(request[24..], reply[24..]);
    }

    public void Dispose()
    {
        Device.Dispose();
        Space.Dispose();
    }
}
