using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tests.Tcp.Harness;

namespace Broadside.NetStack.Tests.Faults;

/// <summary>Attacks at a live connection by who knows its addresses and ports but does not see its packets (RFC 5961, RFC 5927).</summary>
public sealed class BlindAttackTests : IDisposable
{
    private readonly FaultWorld _world = new();
    private readonly TestUser _client;
    private readonly TestUser _server;
    private SequenceNumber _next;
    private SequenceNumber _sent;
    private uint _theirs;
    private bool _isCut;

    public BlindAttackTests()
    {
        _world.Carries = Observe;
        (_client, _server) = _world.Connect(_world.Server.Listen(80));
        _world.Exchange(_client, _server, 100);
    }

    // From the client to the server, as an attacker would pretend.
    private Flow Flow => _client.Connection.Flow;

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Of_all_resets_about_the_window_only_the_exact_one_ends_a_connection_RFC_5961_3()
    {
        var (next, _) = Numbers();
        var before = _world.Server.Tcp.Counters.SegmentsSent;
        for (var offset = -70_000; offset < 200_000; offset += offset is > -10 and < 10 ? 1 : 7)
        {
            if (offset != 0)
            {
                Inject(next + offset, default, TcpFlags.Rst);
            }
        }

        // One challenge at most within half a second (section 7).
        Assert.InRange(_world.Server.Tcp.Counters.SegmentsSent - before, 1, 1);
        _world.RunFor(TimeSpan.FromSeconds(10));
        Assert.Null(_server.CloseReason);
        _world.Exchange(_client, _server, 100_000);
        Inject(Numbers().Next, default, TcpFlags.Rst);
        Assert.Equal(TcpCloseReason.PeerReset, _server.CloseReason);
        _world.Close(_client);
    }

    [Fact]
    public void SYNs_end_nothing_wherever_they_lie_RFC_5961_4()
    {
        var (next, sent) = Numbers();
        for (var offset = -70_000; offset < 200_000; offset += 11)
        {
            Inject(next + offset, sent + offset, offset % 2 == 0 ? TcpFlags.Syn : TcpFlags.Syn | TcpFlags.Ack);
        }

        Inject(next, sent, TcpFlags.Syn);
        AssertUnharmed();
    }

    [Fact]
    public void Data_and_FINs_with_acknowledgments_that_are_not_good_are_thrown_away_RFC_5961_5()
    {
        var (next, sent) = Numbers();
        var random = new Random(1);
        for (var count = 0; count < 100_000; count++)
        {
            // Outside of what was sent and of the largest window before it.
            var acknowledgment = sent + random.Next(1, int.MaxValue - 10_000_000);
            var flags = random.Next(3) switch { 0 => TcpFlags.Ack, 1 => TcpFlags.Ack | TcpFlags.Fin, _ => TcpFlags.Psh };
            Inject(next + random.Next(-1000, 60_000), acknowledgment, flags, random.Next(1, 100), Recent(random));
        }

        Assert.Equal(0, _server.Connection.ReadableLength);
        AssertUnharmed();
    }

    [Fact]
    public void Timestamps_of_segments_that_are_not_good_do_not_make_the_peers_look_old_RFC_7323_5_3()
    {
        var (next, sent) = Numbers();
        Inject(next, sent + 1_000_000, TcpFlags.Ack, 10, new TcpTimestamps(_theirs + 1_000_000_000, 0));
        var before = _world.Server.Tcp.Counters.OldTimestamps;
        AssertUnharmed();
        Assert.Equal(before, _world.Server.Tcp.Counters.OldTimestamps);
    }

    [Fact]
    public void Errors_about_numbers_that_are_not_in_flight_are_ignored_and_others_end_nothing_RFC_5927()
    {
        var server = Forged.Reverse(Flow);
        var mtu = PathMtu();
        for (byte code = 0; code < 16; code++)
        {
            SendError(code, Numbers().Sent + 100_000);
        }

        Assert.Equal(mtu, PathMtu());
        Assert.Equal(16, _world.Server.Tcp.Counters.ErrorsIgnored);

        // Bytes that are in flight, of which the forger would have to know.
        _isCut = true;
        _client.Received.SetLength(0);
        _server.Send(new byte[1000]);
        _world.Settle();
        for (byte code = 0; code < 16; code++)
        {
            SendError(code, _sent);
        }

        Assert.Equal(CachedPath.MinimumIPv4, PathMtu());
        Assert.Null(_server.CloseReason);
        _isCut = false;
        _world.Run(() => _client.Received.Length == 1000, "the bytes to arrive");
        _world.RunFor(CachedPath.LearntLifetime);
        AssertUnharmed();

        int PathMtu()
        {
            Assert.True(_world.Server.Network.TryFindPath(server.Local, server.Remote, out var path));
            return path.MaximumTransmissionUnit;
        }
    }

    [Fact]
    public void A_storm_of_acknowledgments_is_answered_within_limits()
    {
        var (next, sent) = Numbers();
        var before = _world.Server.Tcp.Counters.SegmentsSent;
        for (var count = 1; count <= 100_000; count++)
        {
            Inject(next, sent + count, TcpFlags.Ack);
        }

        Assert.InRange(_world.Server.Tcp.Counters.SegmentsSent - before, 0, 1);
        AssertUnharmed();
    }

    private void AssertUnharmed()
    {
        _world.RunFor(TimeSpan.FromSeconds(5));
        Assert.Null(_server.CloseReason);
        Assert.False(_server.Seen.HasFlag(TcpEvents.PeerClosed));
        _world.Exchange(_client, _server, 200_000);
        _world.Close(_client, _server);
    }

    /// <summary>What the server expects next, and what it would send next; nothing is under way.</summary>
    private (SequenceNumber Next, SequenceNumber Sent) Numbers()
    {
        _world.RunFor(TimeSpan.FromSeconds(1));
        return (_next, _sent);
    }

    private bool Observe(byte[] packet)
    {
        var (header, payload) = Forged.Parse(packet);
        if (header.SourcePort == 80)
        {
            (_next, _sent) = (header.AcknowledgmentNumber, header.SequenceNumber + (_isCut ? 0 : payload.Length));
        }
        else
        {
            _theirs = header.Options.Timestamps!.Value.Value;
        }

        return !_isCut;
    }

    private static TcpTimestamps Recent(Random random) => new((uint)random.NextInt64(1L << 32), (uint)random.NextInt64(1L << 32));

    private void Inject(SequenceNumber sequence, SequenceNumber acknowledgment, TcpFlags flags, int length = 0, TcpTimestamps? timestamps = null) =>
        _world.Inject(Forged.Tcp(
            Flow,
            new()
            {
                SourcePort = 1,
                DestinationPort = 1,
                SequenceNumber = sequence,
                AcknowledgmentNumber = acknowledgment,
                Flags = flags,
                Window = 100,
                Options = new() { Timestamps = timestamps ?? new(_theirs, 0) },
            },
            new byte[length]));

    private void SendError(byte code, SequenceNumber sequence)
    {
        var error = (Icmpv4UnreachableCode)code == Icmpv4UnreachableCode.FragmentationNeeded
            ? Icmpv4Representation.FragmentationNeeded(68)
            : Icmpv4Representation.DestinationUnreachable((Icmpv4UnreachableCode)code);
        var quoted = Forged.Tcp(Forged.Reverse(Flow), new() { SourcePort = 1, DestinationPort = 1, SequenceNumber = sequence, Flags = TcpFlags.Ack });
        var message = Broadside.NetStack.Tests.Network.Frames.Icmpv4(error, quoted);
        _world.Inject(Forged.Packet(new IPv4Address(0x0A0900FE), _world.Server.Address, InternetProtocol.Icmp, message));
    }
}
