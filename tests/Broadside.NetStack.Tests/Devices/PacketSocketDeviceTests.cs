using System.Net;
using System.Net.Sockets;
using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>Packet sockets on one end of a veth pair whose offloads are as they are made: all on.</summary>
public sealed class PacketSocketDeviceTests : SegmentingLinkTests
{
    internal override DeviceLink Open(bool hasIPv6 = false) => new VethLink(PacketSocketDevice.Open, hasIPv6);

    [Fact]
    public void Frames_are_those_of_Ethernet()
    {
        using var link = Open();
        Assert.Equal(LinkLayer.Ethernet, link.Device.LinkLayer);
        Assert.Equal("packet:bs0", link.Device.Name);
        Assert.Contains(link.Device.MacAddress.ToString(), link.Space.Ip("link show bs0"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_it_sends_itself_it_does_not_receive()
    {
        using var link = Open();
        for (ushort number = 0; number < 10; number++)
        {
            link.AssertEcho(number);
        }

        link.Device.Send(Packets.Ethernet(MacAddress.Broadcast, link.Device.MacAddress, EtherType.Arp, new byte[28]));
        Assert.Equal(0, link.Device.Receive(new ReceivedFrame[1]));
    }

    [Fact]
    public void Frames_with_a_vlan_tag_are_passed_over()
    {
        const ushort VlanTag = 0x8100;
        using var link = Open();
        using var kernels = link.KernelSpace.Run(() => PacketSocketDevice.Open(link.Interface));
        var packet = Packets.Udp(DeviceLink.Kernels, DeviceLink.Ours, DeviceLink.Port, Bytes(20));
        byte[] tagged = [0, 5, 0x08, 0x00, .. packet];
        kernels.Send(Packets.Ethernet(link.Device.MacAddress, kernels.MacAddress, (EtherType)VlanTag, tagged));
        var other = Packets.Udp(DeviceLink.Kernels, DeviceLink.Ours, DeviceLink.Port, Bytes(30));
        kernels.Send(Packets.Ethernet(link.Device.MacAddress, kernels.MacAddress, EtherType.IPv4, other));
        Assert.Equal(Bytes(30), link.Receive(InternetProtocol.Udp)[UdpRepresentation.HeaderLength..]);
    }

    [Fact]
    public void Payload_is_referred_to_until_it_is_flushed()
    {
        using var link = Open();
        var before = link.Device.Transmitted;
        var payload = new Arena().Allocate(100);
        var headers = link.Frame(Packets.Udp(DeviceLink.Ours, DeviceLink.Kernels, DeviceLink.Port, payload.Span))[..^payload.Length];
        link.Device.Take(new OutgoingFrame { Headers = headers, Payload = [payload], PayloadLength = payload.Length });
        Assert.Equal(before + 1, link.Device.Transmitted);
        Assert.Equal(before, link.Device.Completed);
        link.Device.Flush();
        Assert.Equal(before + 1, link.Device.Completed);
    }

    /// <summary>Joined datagrams, which the kernel leaves to its device to part, would be taken for one.</summary>
    [Fact]
    public void Joined_datagrams_are_counted_as_lost()
    {
        const int UdpSegment = 103;
        using var link = Open();
        using var socket = link.OpenSocket(SocketType.Dgram, ProtocolType.Udp);
        socket.SetRawSocketOption((int)SocketOptionLevel.Udp, UdpSegment, BitConverter.GetBytes(500));
        socket.SendTo(Bytes(1500), new IPEndPoint(DeviceLink.Ours.ToIPAddress(), DeviceLink.Port));
        socket.SetRawSocketOption((int)SocketOptionLevel.Udp, UdpSegment, BitConverter.GetBytes(0));
        socket.SendTo(Bytes(400), new IPEndPoint(DeviceLink.Ours.ToIPAddress(), DeviceLink.Port));
        Assert.Equal(Bytes(400), link.Receive(InternetProtocol.Udp)[UdpRepresentation.HeaderLength..]);
        Assert.Equal(1, ((DescriptorDevice)link.Device).ReceiveDrops);
    }

    [Fact]
    public void What_is_missing_is_said()
    {
        using var link = Open();
        Assert.Contains("packet:bs9: there is no interface 'bs9'", Refusal("bs9"), StringComparison.Ordinal);
        Assert.Contains("no Ethernet interface", Refusal("lo"), StringComparison.Ordinal);
        Assert.Contains("CAP_NET_RAW", Refusal("bs0", Capabilities.DropAll), StringComparison.Ordinal);
        link.Space.Ip("link set bs0 down");
        Assert.Contains("ip link set bs0 up", Refusal("bs0"), StringComparison.Ordinal);

        string Refusal(string name, Action? before = null) =>
            KernelLinkTests.Refusal(link.Space, () => PacketSocketDevice.Open(name), before);
    }
}
