using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>What holds of every device with the kernel at the other end of its link.</summary>
public abstract class KernelLinkTests
{
    private const int UdpOffset = IPv4Representation.HeaderLength + UdpRepresentation.HeaderLength;

    [Fact]
    public void The_kernel_answers_an_echo_request()
    {
        using var link = Open();
        link.AssertEcho(1);
        Assert.Equal(1500, link.Device.MaximumTransmissionUnit);
        Assert.True(link.Device.IsUp);
    }

    [Fact]
    public void A_datagram_of_the_kernel_arrives()
    {
        using var link = Open();
        using var socket = link.OpenSocket(SocketType.Dgram, ProtocolType.Udp);
        var payload = Bytes(1000);
        socket.SendTo(payload, new IPEndPoint(DeviceLink.Ours.ToIPAddress(), DeviceLink.Port));
        Assert.Equal(payload, link.Receive(InternetProtocol.Udp)[UdpRepresentation.HeaderLength..]);
    }

    /// <summary>A checksum that the kernel has left to its device is not taken for a wrong one.</summary>
    [Fact]
    public void A_checksum_is_right_or_needs_no_check()
    {
        using var link = Open();
        using var socket = link.OpenSocket(SocketType.Dgram, ProtocolType.Udp);
        socket.SendTo(Bytes(1000), new IPEndPoint(DeviceLink.Ours.ToIPAddress(), DeviceLink.Port));
        var validation = ChecksumValidation.Software;
        var frame = link.Device.ReceiveOnly((in ReceivedFrame frame) =>
        {
            validation = frame.Validation;
            return link.IsPacketOf(InternetProtocol.Udp, frame);
        });
        Assert.True(UdpDatagram.TryParse(frame.AsSpan(link.NetworkOffset + IPv4Representation.HeaderLength), out var datagram, out _));
        var pseudoHeader = PseudoHeader.Between(DeviceLink.Kernels, DeviceLink.Ours, InternetProtocol.Udp);
        Assert.True(validation == ChecksumValidation.Offloaded || datagram.HasValidChecksum(pseudoHeader));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(200)]
    public void Headers_and_extents_arrive_as_one_packet(int extents)
    {
        using var link = Open();
        using var socket = link.OpenSocket(SocketType.Dgram, ProtocolType.Udp);
        var arena = new Arena();
        var payload = Bytes(1200);
        var headers = link.Frame(Packets.Udp(DeviceLink.Ours, DeviceLink.Kernels, DeviceLink.Port, payload))[..^payload.Length];
        link.Device.Send(headers, [.. payload.Chunk(payload.Length / extents).Select(chunk => Fill(arena, chunk))]);
        var received = new byte[2000];
        Assert.Equal(payload, received[..socket.Receive(received)]);
    }

    [Fact]
    public void A_burst_of_thousands_arrives_without_loss()
    {
        const int Count = 4000;
        using var link = Open();
        link.KernelSpace.Ip($"link set {link.Interface} txqueuelen {2 * Count}");
        using var socket = link.OpenSocket(SocketType.Dgram, ProtocolType.Udp);
        for (var number = 0; number < Count; number++)
        {
            socket.SendTo(BitConverter.GetBytes(number), new IPEndPoint(DeviceLink.Ours.ToIPAddress(), DeviceLink.Port));
        }

        var expected = 0;
        link.Device.ReceiveUntil((in ReceivedFrame frame) =>
        {
            if (link.IsPacketOf(InternetProtocol.Udp, frame))
            {
                Assert.Equal(expected++, BitConverter.ToInt32(frame.Bytes[(link.NetworkOffset + UdpOffset)..]));
            }

            return expected == Count;
        });
        Assert.Equal(0, ((DescriptorDevice)link.Device).ReceiveDrops);
    }

    [Fact]
    public void A_burst_of_thousands_is_sent_without_loss()
    {
        const int Burst = 3000;
        using var link = Open();
        using var socket = link.OpenSocket(SocketType.Dgram, ProtocolType.Udp);
        var buffer = new byte[100];
        var sent = 0;
        for (var received = 0; received < 3 * Burst; received++)
        {
            for (; sent < received + Burst && received % Burst == 0; sent++)
            {
                var number = BitConverter.GetBytes(sent);
                var frame = link.Frame(Packets.Udp(DeviceLink.Ours, DeviceLink.Kernels, DeviceLink.Port, number));
                link.Device.Take(new OutgoingFrame { Headers = frame });
            }

            link.Device.FlushAll();
            Assert.Equal(sizeof(int), socket.Receive(buffer));
            Assert.Equal(received, BitConverter.ToInt32(buffer));
        }

        Assert.Equal(0, link.TransmitDrops);
        Assert.Equal(link.Device.Transmitted, link.Device.Completed);
    }

    [Fact]
    public void What_is_too_long_is_dropped_and_counted()
    {
        using var link = Open();
        link.Send(Packets.EchoRequest(DeviceLink.Ours, DeviceLink.Kernels, 1, 1500));
        Assert.Equal(1, link.TransmitDrops);
        link.AssertEcho(2);
    }

    [Fact]
    public async Task Waking_ends_a_wait()
    {
        using var link = Open();
        link.Device.Wake();
        AssertEndsEarly(() => link.Device.Wait(TimeSpan.FromSeconds(60), forRoom: false));
        var waiting = Task.Run(() => AssertEndsEarly(() => link.Device.Wait(TimeSpan.FromSeconds(60), forRoom: false)));
        link.Device.Wake();
        await waiting;
    }

    [Fact]
    public void A_frame_ends_a_wait_and_so_does_room()
    {
        using var link = Open();
        link.Send(Packets.EchoRequest(DeviceLink.Ours, DeviceLink.Kernels, 1));
        var burst = new ReceivedFrame[1];
        while (link.Device.Receive(burst) == 0)
        {
            AssertEndsEarly(() => link.Device.Wait(TimeSpan.FromSeconds(60), forRoom: false));
        }

        AssertEndsEarly(() => link.Device.Wait(TimeSpan.FromSeconds(60), forRoom: true));
    }

    [Fact]
    public void A_link_that_goes_down_and_up_again_works_on()
    {
        using var link = Open();
        for (ushort round = 0; round < 2; round++)
        {
            link.AssertEcho(round);
            link.Space.Ip($"link set {link.Interface} down");
            link.Device.WaitForLink(isUp: false);
            link.Send(Packets.EchoRequest(DeviceLink.Ours, DeviceLink.Kernels, 99));
            Assert.Equal(round + 1, link.TransmitDrops);
            Assert.Equal(0, link.Device.Receive(new ReceivedFrame[1]));
            link.Space.Ip($"link set {link.Interface} up");
            link.Device.WaitForLink(isUp: true);
        }

        link.AssertEcho(4);
    }

    [Fact]
    public void An_mtu_that_changes_is_noticed()
    {
        using var link = Open();
        link.Space.Ip($"link set {link.Interface} mtu 1300");
        link.Device.WaitUntil(() => link.Device.MaximumTransmissionUnit == 1300);
    }

    [Fact]
    public void An_interface_that_is_removed_fails_its_device()
    {
        using var link = Open();
        link.Space.Ip($"link delete {link.Interface}");
        var exception = Assert.Throws<DeviceFailedException>(() => link.Device.ReceiveOnly((in ReceivedFrame _) => false));
        Assert.Contains($"the interface {link.Interface} has been removed", exception.Message, StringComparison.Ordinal);
    }

    internal abstract DeviceLink Open(bool hasIPv6 = false);

    internal static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    /// <summary>What opening a device says where it fails.</summary>
    internal static string Refusal(NetworkNamespace space, Func<PacketDevice> open, Action? before = null) =>
        Assert.Throws<DeviceFailedException>(() => space.Run(() =>
        {
            before?.Invoke();
            return open();
        })).Message;

    private static Extent Fill(Arena arena, byte[] bytes)
    {
        var extent = arena.Allocate(bytes.Length);
        bytes.CopyTo(extent.Span);
        return extent;
    }

    // A wait ends early for a signal too: it is how long it took that tells.
    private static void AssertEndsEarly(Action wait)
    {
        var started = Stopwatch.GetTimestamp();
        wait();
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30));
    }
}
