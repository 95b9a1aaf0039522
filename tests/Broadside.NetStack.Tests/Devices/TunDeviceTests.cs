using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>TUN against the kernel that is at its other end.</summary>
public sealed class TunDeviceTests
{
    private const ushort Port = 9000;

    [Fact]
    public void The_kernel_answers_an_echo_request()
    {
        using var link = new TunLink();
        link.AssertEcho(1);
        Assert.Equal(LinkLayer.None, link.Device.LinkLayer);
        Assert.Equal(1500, link.Device.MaximumTransmissionUnit);
        Assert.Equal("tun:bs0", link.Device.Name);
    }

    [Fact]
    public void A_datagram_of_the_kernel_needs_no_check_of_its_checksum()
    {
        using var link = new TunLink();
        using var socket = link.OpenSocket(SocketType.Dgram, ProtocolType.Udp);
        var payload = Bytes(1000);
        socket.SendTo(payload, new IPEndPoint(TunLink.Ours.ToIPAddress(), Port));
        var validation = ChecksumValidation.Software;
        var received = link.Device.ReceiveOnly((in ReceivedFrame frame) =>
        {
            validation = frame.Validation;
            return frame.Bytes[0] >> 4 == 4 && frame.Bytes[9] == (byte)InternetProtocol.Udp;
        });
        Assert.Equal(payload, received[28..]);
        Assert.Equal(ChecksumValidation.Offloaded, validation);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(200)]
    public void Headers_and_extents_arrive_as_one_packet(int extents)
    {
        using var link = new TunLink();
        using var socket = link.OpenSocket(SocketType.Dgram, ProtocolType.Udp);
        var arena = new Arena();
        var payload = Bytes(1200);
        var packet = Packets.Udp(TunLink.Ours, TunLink.Kernels, Port, payload);
        link.Device.Send(packet.AsSpan(0, 28), [.. payload.Chunk(payload.Length / extents).Select(chunk => Fill(arena, chunk))]);
        var received = new byte[2000];
        Assert.Equal(payload, received[..socket.Receive(received)]);
    }

    [Fact]
    public void A_burst_of_thousands_arrives_either_way_without_loss()
    {
        const int Count = 4000;
        using var link = new TunLink();
        link.Space.Ip($"link set bs0 txqueuelen {2 * Count}");
        using var socket = link.OpenSocket(SocketType.Dgram, ProtocolType.Udp);
        for (var number = 0; number < Count; number++)
        {
            socket.SendTo(BitConverter.GetBytes(number), new IPEndPoint(TunLink.Ours.ToIPAddress(), Port));
        }

        var expected = 0;
        link.Device.ReceiveUntil((in ReceivedFrame frame) =>
        {
            if (frame.Bytes[0] >> 4 == 4 && frame.Bytes[9] == (byte)InternetProtocol.Udp)
            {
                Assert.Equal(expected++, BitConverter.ToInt32(frame.Bytes[28..]));
            }

            return expected == Count;
        });

        var buffer = new byte[100];
        for (var number = 0; number < Count; number++)
        {
            link.Device.Send(Packets.Udp(TunLink.Ours, TunLink.Kernels, Port, BitConverter.GetBytes(number)));
            Assert.Equal(sizeof(int), socket.Receive(buffer));
            Assert.Equal(number, BitConverter.ToInt32(buffer));
        }

        Assert.Equal(0, ((TunDevice)link.Device).TransmitDrops);
    }

    [Fact]
    public void The_kernel_takes_a_frame_of_many_segments()
    {
        using var link = new TunLink();
        using var peer = new HandmadeTcp(link.Device, TunLink.Ours, TunLink.Kernels);
        using var accepted = peer.Connect(link);
        var payload = Bytes(50_000);
        peer.SendSegmented(payload, segmentSize: 1400);
        var received = new byte[payload.Length];
        for (var count = 0; count < received.Length;)
        {
            count += accepted.Receive(received.AsSpan(count));
        }

        Assert.Equal(payload, received);
        Assert.Equal(0, ((TunDevice)link.Device).TransmitDrops);
    }

    [Fact]
    public void The_kernel_sends_frames_of_many_segments()
    {
        using var link = new TunLink();
        using var peer = new HandmadeTcp(link.Device, TunLink.Ours, TunLink.Kernels);
        using var accepted = peer.Connect(link);
        var payload = Bytes(10_000);
        accepted.Send(payload);
        var segmentSize = 0;
        var validation = ChecksumValidation.Software;
        var frame = link.Device.ReceiveOnly((in ReceivedFrame frame) =>
        {
            segmentSize = frame.SegmentSize;
            validation = frame.Validation;
            return frame.Bytes.Length > link.Device.MaximumTransmissionUnit;
        });
        Assert.Equal(1400, segmentSize);
        Assert.Equal(ChecksumValidation.Offloaded, validation);
        Assert.Equal(payload[..(frame.Length - 40)], frame[40..]);
    }

    [Fact]
    public void What_is_too_long_is_dropped_and_counted()
    {
        using var link = new TunLink();
        link.Device.Send(Packets.EchoRequest(TunLink.Ours, TunLink.Kernels, 1, 1500));
        Assert.Equal(1, ((TunDevice)link.Device).TransmitDrops);
        link.AssertEcho(2);
    }

    [Fact]
    public async Task Waking_ends_a_wait()
    {
        using var link = new TunLink();
        link.Device.Wake();
        AssertEndsEarly(() => link.Device.Wait(TimeSpan.FromSeconds(60), forRoom: false));
        var waiting = Task.Run(() => AssertEndsEarly(() => link.Device.Wait(TimeSpan.FromSeconds(60), forRoom: false)));
        link.Device.Wake();
        await waiting;
        AssertEndsEarly(() => link.Device.Wait(TimeSpan.FromSeconds(60), forRoom: true));
    }

    [Fact]
    public void A_link_that_goes_down_and_up_again_works_on()
    {
        using var link = new TunLink();
        link.AssertEcho(1);
        link.Space.Ip("link set bs0 down");
        link.Device.Send(Packets.EchoRequest(TunLink.Ours, TunLink.Kernels, 2));
        Assert.False(link.Device.IsUp);
        Assert.Equal(1, ((TunDevice)link.Device).TransmitDrops);
        Assert.Equal(0, link.Device.Receive(new ReceivedFrame[1]));
        link.Space.Ip("link set bs0 up");
        link.Device.WaitForLink(isUp: true);
        link.AssertEcho(3);
    }

    [Fact]
    public void An_mtu_that_changes_is_noticed()
    {
        using var link = new TunLink();
        link.Space.Ip("link set bs0 mtu 1300");
        link.Device.WaitUntil(() => link.Device.MaximumTransmissionUnit == 1300);
    }

    [Fact]
    public void An_interface_that_is_removed_fails_its_device()
    {
        using var link = new TunLink();
        link.Space.Ip("link delete bs0");
        var exception = Assert.Throws<DeviceFailedException>(() => link.Device.ReceiveOnly((in ReceivedFrame _) => false));
        Assert.Contains("tun:bs0: the interface bs0 has been removed", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_queues_share_an_interface()
    {
        Requirement.Tun();
        using var space = NetworkNamespace.Create();
        using var first = space.Run(() => TunDevice.Open("bs0", multiQueue: true));
        using var second = space.Run(() => TunDevice.Open("bs0", multiQueue: true));
        var exception = Assert.Throws<DeviceFailedException>(() => space.Run(() => TunDevice.Open("bs0")));
        Assert.Contains("was made with several queues", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_is_said()
    {
        using var link = new TunLink();
        Assert.Contains("in use by another process", Refusal("bs0"), StringComparison.Ordinal);
        Assert.Contains("1 to 15 characters", Refusal("an-interface-name-too-long"), StringComparison.Ordinal);
        Assert.Contains("no TUN interface", Refusal("lo"), StringComparison.Ordinal);
        Assert.Contains("CAP_NET_ADMIN", Refusal("bs1", Capabilities.DropAll), StringComparison.Ordinal);
        Assert.Contains("modprobe tun", TunInterface.ExplainOpen(2), StringComparison.Ordinal);

        string Refusal(string name, Action? before = null) => Assert.Throws<DeviceFailedException>(() => link.Space.Run(() =>
        {
            before?.Invoke();
            return TunDevice.Open(name);
        })).Message;
    }

    [Fact]
    public void Nothing_stays_of_a_process_that_is_killed()
    {
        Requirement.Tun();
        using var space = NetworkNamespace.Create();
        using var process = DeviceProcess.Start(space, "tun:bs0");
        Assert.Contains("bs0", space.Ip("link"), StringComparison.Ordinal);
        DeviceProcess.KillAtOnce(process);
        Assert.DoesNotContain("bs0", space.Ip("link"), StringComparison.Ordinal);
    }

    internal static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static Extent Fill(Arena arena, byte[] bytes)
    {
        var extent = arena.Allocate(bytes.Length);
        bytes.CopyTo(extent.Span);
        return extent;
    }

    private static void AssertEndsEarly(Action wait)
    {
        var started = Stopwatch.GetTimestamp();
        wait();
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30));
    }
}
