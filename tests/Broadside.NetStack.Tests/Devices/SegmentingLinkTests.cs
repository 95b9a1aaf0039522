using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>What holds of devices with <see cref="PacketDevice.MaximumSegmentedLength"/> besides.</summary>
public abstract class SegmentingLinkTests : KernelLinkTests
{
    /// <summary>CWR, which belongs to the first segment only, has a bit of its own (RFC 3168 section 6.1.2).</summary>
    [Theory]
    [InlineData(false, TcpFlags.Psh)]
    [InlineData(true, TcpFlags.Psh)]
    [InlineData(false, TcpFlags.Cwr)]
    internal void The_kernel_takes_a_frame_of_many_segments(bool isIPv6, TcpFlags flags)
    {
        using var link = Open(isIPv6);
        using var peer = new HandmadeTcp(link, isIPv6);
        using var accepted = peer.Connect();
        var payload = Bytes(50_000);
        peer.SendSegmented(payload, flags);
        var received = new byte[payload.Length];
        for (var count = 0; count < received.Length;)
        {
            var taken = accepted.Receive(received.AsSpan(count));
            Assert.NotEqual(0, taken);
            count += taken;
        }

        Assert.Equal(payload, received);
        Assert.Equal(0, link.TransmitDrops);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_kernel_sends_frames_of_many_segments(bool isIPv6)
    {
        using var link = Open(isIPv6);
        using var peer = new HandmadeTcp(link, isIPv6);
        using var accepted = peer.Connect();
        var payload = Bytes(10_000);
        accepted.Send(payload);
        var segmentSize = 0;
        var validation = ChecksumValidation.Software;
        var frame = link.Device.ReceiveOnly((in ReceivedFrame frame) =>
        {
            segmentSize = frame.SegmentSize;
            validation = frame.Validation;
            return frame.Bytes.Length > 2 * HandmadeTcp.MaximumSegmentSize;
        });
        Assert.Equal(HandmadeTcp.MaximumSegmentSize, segmentSize);
        Assert.Equal(ChecksumValidation.Offloaded, validation);
        var received = frame[(link.NetworkOffset + peer.HeaderLength + TcpSegment.MinimumHeaderLength)..];
        Assert.Equal(payload[..received.Length], received);
    }
}
