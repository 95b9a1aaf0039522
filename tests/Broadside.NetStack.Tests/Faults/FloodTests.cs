using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;

namespace Broadside.NetStack.Tests.Faults;

/// <summary>Floods from made-up addresses (RFC 4987): memory is bounded, those who mean it are served.</summary>
public sealed class FloodTests
{
    private const int Flood = 200_000;

    private static readonly TcpSettings Settings = new() { MaximumPendingConnections = 256, MaximumResetsPerSecond = 100 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void In_a_flood_of_SYNs_cookies_answer_and_real_clients_are_served_RFC_4987_3_6(bool timestamps)
    {
        using var world = new FaultWorld(Settings, new() { Timestamps = timestamps });
        var acceptor = world.Server.Listen(80, backlog: 256);
        var (client, server) = world.Connect(acceptor);
        var random = new Random(1);
        FloodWith(world, Flood, () => Syn(world, random, timestamps));
        Assert.Equal(256, world.Server.Tcp.PendingCount);
        Assert.InRange(world.Server.Tcp.Counters.CookiesSent, Flood - 1000, Flood);
        Assert.InRange(world.Server.Network.PathCount, 1, 4);

        var served = world.Connect(acceptor);
        Assert.Equal(1, world.Server.Tcp.Counters.CookiesAccepted);
        world.Exchange(served.Client, served.Server, 300_000);
        world.Exchange(client, server, 300_000);

        world.RunFor(TimeSpan.FromMinutes(3));
        Assert.Equal(0, world.Server.Tcp.PendingCount);
        var after = world.Connect(acceptor);
        Assert.Equal(1, world.Server.Tcp.Counters.CookiesAccepted);
        world.Close(client, server, served.Client, served.Server, after.Client, after.Server);
    }

    [Fact]
    public void Cookies_work_where_this_side_declines_timestamps()
    {
        using var world = new FaultWorld(new() { MaximumPendingConnections = 0, Timestamps = false });
        var (client, server) = world.Connect(world.Server.Listen(80));
        Assert.Equal(1, world.Server.Tcp.Counters.CookiesAccepted);
        world.Exchange(client, server, 100_000);
        world.Close(client, server);
    }

    [Fact]
    public void A_flood_costs_no_memory_once_the_table_is_full()
    {
        using var world = new FaultWorld(Settings);
        world.Server.Listen(80, backlog: 256);
        var random = new Random(2);
        FloodWith(world, 5_000, () => Syn(world, random, timestamps: true));
        var packets = Enumerable.Range(0, 1000).Select(_ => Syn(world, random, timestamps: true)).ToList();
        FloodWith(world, 2_000, () => packets[random.Next(packets.Count)]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        FloodWith(world, 20_000, () => packets[random.Next(packets.Count)]);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void SYNs_that_are_repeated_prolong_no_half_open_connection_RFC_6298_5_5()
    {
        using var world = new FaultWorld();
        world.Server.Listen(80);
        var syn = Syn(world, new Random(3), timestamps: false);
        for (var second = 0; second < 63; second++)
        {
            world.Inject(syn);
            world.RunFor(TimeSpan.FromSeconds(1));
        }

        world.RunFor(TimeSpan.FromSeconds(64));
        Assert.Equal(0, world.Server.Tcp.PendingCount);
    }

    [Fact]
    public void SYNs_that_are_reset_at_once_pile_up_nothing_while_the_device_has_no_room()
    {
        using var world = new FaultWorld(Settings);
        world.Server.Listen(80, backlog: 1000);
        world.Server.Device.HasRoom = false;
        var random = new Random(4);
        world.Inject(Syn(world, random, timestamps: false));
        FloodWith(world, 10_000, () => Syn(world, random, timestamps: false), andReset: true);
        Assert.Equal(1, world.Server.Tcp.PendingCount);
        Assert.InRange(world.Server.Tcp.Counters.CookiesSent + world.Server.Tcp.Counters.PendingDropped, 9_000, 10_000);
        world.Server.Device.HasRoom = true;
        world.RunFor(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Forged_acknowledgments_open_nothing_and_are_answered_within_limits()
    {
        using var world = new FaultWorld(Settings);
        world.Server.Listen(80, backlog: 256);
        var random = new Random(5);
        FloodWith(world, 1_000, () => Syn(world, random, timestamps: true));
        var before = world.Server.Tcp.Counters.SegmentsSent;
        FloodWith(world, Flood, () => Ack(world, random, random.Next(2) == 0 ? (ushort)80 : (ushort)random.Next(1, 1000)));
        Assert.Equal(0, world.Server.Tcp.ConnectionCount);
        Assert.Equal(0, world.Server.Tcp.Counters.CookiesAccepted);
        Assert.InRange(world.Server.Tcp.Counters.SegmentsSent - before, 1, 2_000);
        Assert.InRange(world.Server.Network.PathCount, 0, 4);
    }

    [Fact]
    public void Strangers_on_an_Ethernet_link_do_not_displace_known_neighbors()
    {
        // Everybody is on the link: each answer asks for a neighbor that is not there (RFC 6583 section 7.1).
        var station = new Broadside.NetStack.Tests.Network.Station(
            Broadside.NetStack.Tests.Network.Station.Options() with { Addresses = [new(Broadside.NetStack.Tests.Network.Station.Own, 8)], MaximumNeighbors = 32 });
        var peer = Broadside.NetStack.Tests.Network.Station.Peer;
        using var tcp = new TcpLayer(station.Layer, new Arena(), Settings, KeyedHash.Create, station.Now);
        station.Layer.Register(InternetProtocol.Tcp, tcp);
        station.Introduce();
        station.Send(peer, new byte[8]);
        var mac = station.Layer.Neighbors.Find(peer)!.LinkAddress;
        var random = new Random(6);
        for (var count = 0; count < 5_000; count++)
        {
            var flow = new Flow(new IPv4Address(0x0A000000u + (uint)random.Next(1 << 20)), 5, Broadside.NetStack.Tests.Network.Station.Own, 99);
            var packet = Forged.Tcp(flow, new() { SourcePort = 1, DestinationPort = 1, SequenceNumber = default, Flags = TcpFlags.Syn });
            station.Receive(Broadside.NetStack.Tests.Network.Frames.Ethernet(
                Broadside.NetStack.Tests.Network.Station.OwnMac, Broadside.NetStack.Tests.Network.Station.PeerMac, EtherType.IPv4, packet));
            station.Advance(TimeSpan.FromMilliseconds(1));
            if (count % 50 == 0)
            {
                station.Send(peer, new byte[8]);
                Assert.Equal(mac, station.Layer.Neighbors.Find(peer)?.LinkAddress);
                station.Receive(Broadside.NetStack.Tests.Network.Frames.Arp(
                    ArpOperation.Reply,
                    Broadside.NetStack.Tests.Network.Station.PeerMac,
                    peer,
                    Broadside.NetStack.Tests.Network.Station.OwnMac,
                    Broadside.NetStack.Tests.Network.Station.Own,
                    Broadside.NetStack.Tests.Network.Station.OwnMac));
            }
        }

        Assert.InRange(station.Layer.Neighbors.Count, 1, 32);
    }

    private static void FloodWith(FaultWorld world, int count, Func<byte[]> next, bool andReset = false)
    {
        // A hundred thousand a second; what they are answered is not kept.
        var isRecording = world.Server.Device.IsRecording;
        world.Server.Device.IsRecording = false;
        for (var sent = 0; sent < count; sent++)
        {
            var packet = next();
            world.Server.Receive(packet, world.Now);
            if (andReset)
            {
                world.Server.Receive(ResetOf(packet), world.Now);
            }

            if (sent % 64 == 0)
            {
                world.Server.Poll(world.Now);
            }

            if (sent % 1000 == 0)
            {
                world.Server.Poll(world.Now);
                world.Server.Device.IsRecording = isRecording;
                world.RunFor(TimeSpan.FromMilliseconds(10));
                world.ToStrangers.Clear();
                world.Server.Device.IsRecording = false;
            }
        }

        world.Server.Poll(world.Now);
        world.Server.Device.IsRecording = isRecording;
    }

    private static byte[] Syn(FaultWorld world, Random random, bool timestamps) => Forged.Tcp(Stranger(world, random, 80), new()
    {
        SourcePort = 1,
        DestinationPort = 1,
        SequenceNumber = new((uint)random.NextInt64(1L << 32)),
        Flags = TcpFlags.Syn,
        Window = 1000,
        Options = new() { MaximumSegmentSize = 1460, WindowScale = 7, SackPermitted = true, Timestamps = timestamps ? new(1, 0) : null },
    });

    private static byte[] Ack(FaultWorld world, Random random, ushort port) => Forged.Tcp(Stranger(world, random, port), new()
    {
        SourcePort = 1,
        DestinationPort = 1,
        SequenceNumber = new((uint)random.NextInt64(1L << 32)),
        AcknowledgmentNumber = new((uint)random.NextInt64(1L << 32)),
        Flags = TcpFlags.Ack,
        Window = 1000,
        Options = random.Next(2) == 0 ? default : new() { Timestamps = new((uint)random.Next(), (uint)random.Next()) },
    });

    private static byte[] ResetOf(byte[] syn)
    {
        var (header, _) = Forged.Parse(syn);
        Assert.True(IPv4Packet.TryParse(syn, out var packet, out _));
        var flow = new Flow(packet.SourceAddress, header.SourcePort, packet.DestinationAddress, header.DestinationPort);
        return Forged.Tcp(flow, header with { SequenceNumber = header.SequenceNumber + 1, Flags = TcpFlags.Rst, Options = default });
    }

    private static Flow Stranger(FaultWorld world, Random random, ushort port) => new(
        new IPv4Address((uint)random.Next(0x0B00_0000, 0x6000_0000)), (ushort)random.Next(1, 65536), world.Server.Address, port);
}
