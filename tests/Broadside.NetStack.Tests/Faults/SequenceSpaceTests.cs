using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tests.Tcp.Harness;

namespace Broadside.NetStack.Tests.Faults;

/// <summary>Numbers that wrap, segments and fragments that overlap.</summary>
public sealed class SequenceSpaceTests
{
    private const ushort LocalPort = 5000;

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 12)]
    [InlineData(false, 0)]
    [InlineData(false, 12)]
    public void Sequence_numbers_wrap_in_the_middle_of_a_transfer_whatever_is_lost(bool isClients, int lossPercent)
    {
        // The clock of RFC 6528 is set so that the first number lies 200,000 before the end of the space.
        var start = TimeSpan.FromSeconds(1000);
        var target = new SequenceNumber(unchecked((uint)-200_000));
        using (var probe = new FaultWorld())
        {
            var host = isClients ? probe.Client : probe.Server;
            var away = target.Value - host.Tcp.SequenceNumbers.For(FlowOf(probe, isClients), start).Value;
            start += TimeSpan.FromMicroseconds(4L * away);
        }

        Transfer(start, lossPercent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Timestamps_wrap_in_the_middle_of_a_transfer_RFC_7323_5_5(bool isClients)
    {
        var start = TimeSpan.FromSeconds(1000);
        using (var probe = new FaultWorld())
        {
            var host = isClients ? probe.Client : probe.Server;
            var shown = TcpClock.Timestamp(start) + host.Tcp.SequenceNumbers.TimestampOffset(FlowOf(probe, isClients));
            start += TimeSpan.FromMilliseconds(unchecked((uint)-100 - shown));
        }

        Transfer(start, lossPercent: 5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Segments_that_overlap_in_every_way_give_the_same_stream(int seed)
    {
        const int Length = 60_000;
        using var world = new FaultWorld();
        var random = new Random(seed);
        var peer = new HandmadePeer(world, world.Server.Listen(80), new(unchecked((uint)-30_000)), new() { SackPermitted = true });
        var stream = new byte[Length];
        random.NextBytes(stream);
        var first = peer.Next;
        for (var count = 0; peer.User.Received.Length < Length; count++)
        {
            // About what is missing, so that all gets there in the end.
            var at = Math.Clamp((int)peer.User.Received.Length + random.Next(-3000, 3000), 0, Length - 1);
            var length = Math.Min(random.Next(1, 1400), Length - at);
            var isLast = at + length == Length && random.Next(2) == 0;
            peer.SendText(first + at, stream.AsSpan(at, length), isLast ? TcpFlags.Ack | TcpFlags.Fin : TcpFlags.Ack);
            world.ToStrangers.Clear();
            Assert.True(count < 100_000, "The stream does not go on.");
        }

        peer.SendText(first + Length, [], TcpFlags.Ack | TcpFlags.Fin);
        Assert.True(peer.User.Seen.HasFlag(TcpEvents.PeerClosed));
        Assert.Equal(stream, peer.User.Received.ToArray());
        world.Close(peer.User);
    }

    [Fact]
    public void What_is_sent_again_otherwise_changes_nothing_that_was_delivered()
    {
        using var world = new FaultWorld();
        var peer = new HandmadePeer(world, world.Server.Listen(80), new(7));
        var first = peer.Next;
        peer.User.Reads = false;
        peer.SendText(first, Filled(1, 1000));
        peer.SendText(first, Filled(2, 1000));
        peer.SendText(first + 2000, Filled(3, 1000));
        peer.SendText(first + 500, Filled(4, 2000));
        peer.User.Read(world.Now);
        var received = peer.User.Received.ToArray();
        Assert.Equal(3000, received.Length);
        Assert.All(received[..1000], value => Assert.Equal(1, value));
        Assert.All(received[1000..2000], value => Assert.Equal(4, value));
        Assert.All(received[2000..2500], value => Assert.True(value is 3 or 4));
        Assert.All(received[2500..], value => Assert.Equal(3, value));
        world.Close(peer.User);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Fragments_that_overlap_or_are_tiny_give_the_segment_or_nothing_RFC_5722(int seed)
    {
        using var world = new FaultWorld();
        var random = new Random(seed);
        var peer = new HandmadePeer(world, world.Server.Listen(80), new(7));
        var delivered = 0;
        for (ushort round = 1; round < 500; round++)
        {
            var payload = Filled((byte)round, 400);
            var segment = Forged.Tcp(
                peer.Flow,
                new() { SourcePort = 1, DestinationPort = 1, SequenceNumber = peer.Next, AcknowledgmentNumber = peer.ServerNext, Flags = TcpFlags.Ack, Window = 1000 },
                payload)[IPv4Representation.HeaderLength..];
            foreach (var (offset, length, isGarbage) in Cut(random, segment.Length))
            {
                var part = isGarbage ? Filled(0xEE, length) : segment.AsSpan(offset, length).ToArray();
                world.Inject(Fragment(world, peer.Flow, round, offset, part, isGarbage || offset + length < segment.Length));
            }

            if (peer.User.Received.Length > delivered)
            {
                Assert.Equal(delivered + payload.Length, peer.User.Received.Length);
                Assert.True(peer.User.Received.ToArray().AsSpan(delivered).SequenceEqual(payload));
                delivered += payload.Length;
                peer.Next += payload.Length;
            }

            world.ToStrangers.Clear();
            world.RunFor(TimeSpan.FromSeconds(1));
        }

        Assert.True(delivered > 0);
        world.RunFor(TimeSpan.FromMinutes(2));
        Assert.Equal((0, 0), (world.Server.Network.Reassembler.Count, world.Server.Network.Reassembler.HeldBytes));
        world.Close(peer.User);
    }

    private static void Transfer(TimeSpan start, int lossPercent)
    {
        var random = new Random(9);
        using var world = new FaultWorld(start: start);
        var (client, server) = world.Connect(world.Server.Listen(80), localPort: LocalPort);
        world.Carries = _ => random.Next(100) >= lossPercent;
        world.Exchange(client, server, 600_000);
        client.Connection.ShutdownSend();
        world.Run(() => server.Seen.HasFlag(TcpEvents.PeerClosed), "the end of stream");
        server.Connection.ShutdownSend();
        world.Run(() => client.CloseReason is not null && server.CloseReason is not null, "both to close");
        Assert.Equal((TcpCloseReason.Closed, TcpCloseReason.Closed), (client.CloseReason, server.CloseReason));
        world.RunFor(TimeSpan.FromMinutes(3));
    }

    private static Flow FlowOf(FaultWorld world, bool isClients)
    {
        var flow = new Flow(world.Client.Address, LocalPort, world.Server.Address, 80);
        return isClients ? flow : Forged.Reverse(flow);
    }

    private static byte[] Filled(byte value, int length)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill(value);
        return bytes;
    }

    // In pieces of a few eighths of bytes, in any order, some of them again, moved, or with other contents.
    private static List<(int Offset, int Length, bool IsGarbage)> Cut(Random random, int length)
    {
        var parts = new List<(int, int, bool)>();
        for (var offset = 0; offset < length;)
        {
            var part = Math.Min(8 * random.Next(1, 12), length - offset);
            parts.Add((offset, part, false));
            if (random.Next(40) == 0)
            {
                parts.Add((Math.Max(0, offset - 8), (part + 7) & ~7, true));
            }

            offset += part;
        }

        return [.. parts.OrderBy(_ => random.Next())];
    }

    private static byte[] Fragment(FaultWorld world, Flow flow, ushort identification, int offset, byte[] part, bool more)
    {
        var packet = new byte[IPv4Representation.HeaderLength + part.Length];
        part.CopyTo(packet.AsSpan(IPv4Representation.HeaderLength));
        new IPv4Representation
        {
            SourceAddress = flow.Local.AsIPv4(),
            DestinationAddress = world.Server.Address,
            Protocol = InternetProtocol.Tcp,
            PayloadLength = part.Length,
            Identification = identification,
            FragmentOffset = offset,
            MoreFragments = more,
        }.Emit(packet);
        return packet;
    }
}
