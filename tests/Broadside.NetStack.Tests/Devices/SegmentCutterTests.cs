using Broadside.NetStack.Devices;
using Broadside.NetStack.Tests.Wire;
using FsCheck;
using FsCheck.Fluent;
using static Broadside.NetStack.Tests.Devices.DeviceTesting;

namespace Broadside.NetStack.Tests.Devices;

public sealed class SegmentCutterTests
{
    private static readonly Arena Memory = new();

    /// <summary>Whatever the headers, the payload, its extents and the size asked for.</summary>
    [Fact]
    public void Segments_are_valid_and_say_together_what_the_frame_said()
    {
        var cases =
            from tcp in WireGenerators.Tcp
            from isIPv6 in WireGenerators.Bool
            from isEthernet in WireGenerators.Bool
            from length in Gen.Choose(0, 60_000)
            from segmentSize in Gen.Choose(500, 1400)
            from seed in Gen.Choose(0, int.MaxValue)
            select (tcp, isIPv6, isEthernet, length, segmentSize, seed);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(cases.ToArbitrary(), value =>
        {
            var payload = new byte[value.length];
            new Random(value.seed).NextBytes(payload);
            var segments = Cut(value.tcp, value.isIPv6, value.isEthernet, payload, value.segmentSize, new Random(value.seed));
            Verify(value.tcp, value.isIPv6, payload, value.segmentSize, segments);
        }));
    }

    [Fact]
    public void Frames_that_are_not_what_they_say_are_refused()
    {
        var packet = TcpPacket(new() { SourcePort = 1, DestinationPort = 2, SequenceNumber = default, Flags = default }, isIPv6: false, []);
        using var link = new SimulatedLink(new VirtualTime(), new() { MaximumSegmentedLength = 60_000 });
        foreach (var (length, offset) in new[] { (0, 0), (20, 20), (39, 20), (40, 19), (40, 24), (40, 40), (40, -1), (40, int.MaxValue - 30) })
        {
            link.A.TryTransmit(new OutgoingFrame { Headers = packet.AsSpan(0, length), SegmentSize = 100, TransportOffset = offset });
        }

        Assert.Equal(8, link.A.Refused);
        Assert.Empty(link.B.ReceiveAll());
    }

    private static List<byte[]> Cut(
        TcpRepresentation tcp, bool isIPv6, bool isEthernet, byte[] payload, int segmentSize, Random random)
    {
        var options = new SimulatedPortOptions { MaximumSegmentedLength = ushort.MaxValue };
        using var link = new SimulatedLink(new VirtualTime(), options, linkLayer: isEthernet ? LinkLayer.Ethernet : LinkLayer.None);
        var linkHeader = isEthernet ? Ethernet(link.A.MacAddress, link.B.MacAddress, payloadLength: 0) : [];
        byte[] headers = [.. linkHeader, .. TcpPacket(tcp, isIPv6, payload)[..^payload.Length]];
        var extents = Extents(payload, random);
        try
        {
            Assert.True(link.A.TryTransmit(new OutgoingFrame
            {
                Headers = headers,
                Payload = extents,
                PayloadLength = payload.Length,
                SegmentSize = segmentSize,
                TransportOffset = headers.Length - tcp.HeaderLength,
            }));
        }
        finally
        {
            Array.ForEach(extents, Memory.Free);
        }

        var frames = link.B.ReceiveAll();
        Assert.All(frames, frame => Assert.Equal(linkHeader, frame[..linkHeader.Length]));
        return [.. frames.Select(frame => frame[linkHeader.Length..])];
    }

    private static Extent[] Extents(byte[] payload, Random random)
    {
        var extents = new List<Extent>();
        for (var at = 0; at < payload.Length;)
        {
            var length = Math.Min(random.Next(1, 5000), payload.Length - at);
            var extent = Memory.Allocate(length);
            payload.AsSpan(at, length).CopyTo(extent.Span);
            extents.Add(extent);
            at += length;
        }

        return [.. extents];
    }

    private static void Verify(TcpRepresentation tcp, bool isIPv6, byte[] payload, int segmentSize, List<byte[]> packets)
    {
        Assert.Equal(Math.Max(1, (payload.Length + segmentSize - 1) / segmentSize), packets.Count);
        var position = 0;
        for (var index = 0; index < packets.Count; index++)
        {
            var packet = packets[index];
            Assert.True(HasValidChecksums(packet));
            Assert.True(isIPv6 || Identification(packet) == (ushort)(0xFFFE + index));
            Assert.True(TcpSegment.TryParse(packet.AsSpan(isIPv6 ? 40 : 20), out var segment, out _));
            var (isFirst, isLast) = (index == 0, index == packets.Count - 1);
            var without = (isLast ? TcpFlags.None : TcpFlags.Fin | TcpFlags.Psh) | (isFirst ? TcpFlags.None : TcpFlags.Cwr);
            var flags = tcp.Flags & ~without;
            Assert.Equal((flags, tcp.SequenceNumber + position, tcp.AcknowledgmentNumber, tcp.Window),
                (segment.Flags, segment.SequenceNumber, segment.AcknowledgmentNumber, segment.Window));
            Assert.Equal(tcp.Options, TcpOptions.Parse(segment.Options, (tcp.Flags & TcpFlags.Syn) != 0));
            Assert.True(payload.AsSpan(position, Math.Min(segmentSize, payload.Length - position)).SequenceEqual(segment.Payload));
            position += segment.Payload.Length;
        }

        Assert.Equal(payload.Length, position);
    }

    private static int Identification(byte[] bytes) => IPv4Packet.TryParse(bytes, out var packet, out _) ? packet.Identification : -1;
}
