using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tests.Tcp.Harness;

namespace Broadside.NetStack.Tests.Faults;

/// <summary>Every pool runs out: what is new is refused, what is old goes on.</summary>
public sealed class ExhaustionTests
{
    [Fact]
    public void At_the_limit_of_connections_new_ones_are_refused_and_old_ones_served()
    {
        using var world = new FaultWorld(new() { MaximumConnections = 8 });
        var acceptor = world.Server.Listen(80);
        var pairs = Enumerable.Range(0, 8).Select(_ => world.Connect(acceptor)).ToList();
        Assert.Equal(OpenResult.Opened, world.Client.TryConnect(world.Server.Address, 80, world.Now, out var late));
        world.RunFor(TimeSpan.FromSeconds(10));
        Assert.Equal((8, 8), (acceptor.Accepted.Count, world.Server.Tcp.ConnectionCount));
        Assert.NotEqual(0, world.Server.Tcp.Counters.OpensRefused);
        Assert.Equal(OpenResult.TooMany, world.Server.TryConnect(world.Client.Address, 80, world.Now, out _));
        foreach (var (client, server) in pairs)
        {
            world.Exchange(client, server, 20_000);
        }

        // Room again: who waited is let in.
        pairs[0].Client.Connection.Abort(world.Now);
        late.Send(new byte[100]);
        world.Run(() => acceptor.Accepted.Count == 9, "the late one to be accepted");
        world.Close([.. pairs.Skip(1).SelectMany(pair => (TestUser[])[pair.Client, pair.Server]), late, acceptor.Accepted[^1]]);
    }

    [Fact]
    public void A_TIME_WAIT_that_its_peer_prolongs_keeps_no_others()
    {
        using var world = new FaultWorld(client: new() { MaximumTimeWaits = 16 });
        var acceptor = world.Server.Listen(80);
        byte[]? fin = null;
        world.Carries = packet =>
        {
            var (header, _) = Forged.Parse(packet);
            fin ??= header.SourcePort == 80 && (header.Flags & TcpFlags.Fin) != 0 ? packet : null;
            return true;
        };
        for (var count = 0; count < 500; count++)
        {
            var (client, server) = world.Connect(acceptor);
            client.Connection.ShutdownSend();
            world.Run(() => server.Seen.HasFlag(TcpEvents.PeerClosed), "the end of stream");
            server.Connection.ShutdownSend();
            world.Run(() => client.CloseReason is not null, "the connection to close");
            world.RunFor(TimeSpan.FromSeconds(30));
            world.Client.Receive(fin, world.Now);
            Assert.InRange(world.Client.Tcp.TimeWaitCount, 1, 16);
        }

        world.RunFor(TimeSpan.FromMinutes(2));
        Assert.Equal(0, world.Client.Tcp.TimeWaitCount);
    }

    [Fact]
    public void Without_memory_connections_wait_and_go_on_when_it_is_back()
    {
        using var world = new FaultWorld(arenaBlocks: 1);
        var acceptor = world.Server.Listen(80);
        var pairs = Enumerable.Range(0, 20).Select(_ => world.Connect(acceptor)).ToList();
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        foreach (var (client, server) in pairs)
        {
            server.Reads = false;
            client.Send(bytes);
        }

        world.RunFor(TimeSpan.FromSeconds(30));
        Assert.False(world.Server.Arena.TryAllocate(ReceiveBuffers.BufferLength, out _));
        foreach (var (_, server) in pairs)
        {
            server.Reads = true;
            server.Read(world.Now);
        }

        world.Run(() => pairs.TrueForAll(pair => pair.Server.Received.Length == bytes.Length), "the bytes to arrive");
        Assert.All(pairs, pair => Assert.True(pair.Server.Received.ToArray().AsSpan().SequenceEqual(bytes)));
        world.Close([.. pairs.SelectMany(pair => (TestUser[])[pair.Client, pair.Server])]);
    }

    [Fact]
    public void Memory_full_of_what_lies_beyond_gaps_is_given_up_for_what_fills_them_RFC_2018_8()
    {
        using var world = new FaultWorld(arenaBlocks: 1);
        var peer = new HandmadePeer(world, world.Server.Listen(80), new(1), new() { SackPermitted = true });
        var first = peer.Next;
        var held = new List<Extent>();
        for (var place = 1; place < 4; place++)
        {
            peer.SendText(first + (place * ReceiveBuffers.BufferLength), new byte[100]);
        }

        while (world.Server.Arena.TryAllocate(ReceiveBuffers.BufferLength, out var extent))
        {
            held.Add(extent);
        }

        peer.SendText(first, new byte[1000]);
        Assert.Equal(1000, peer.User.Received.Length);
        held.ForEach(world.Server.Arena.Free);
        world.Close(peer.User);
    }

    [Fact]
    public void Single_bytes_all_over_the_window_take_no_more_buffers_than_there_are_ranges()
    {
        using var world = new FaultWorld(new() { InitialReceiveBuffer = 16 << 20 });
        var acceptor = world.Server.Listen(80);
        var peer = new HandmadePeer(world, acceptor, new(1), new() { WindowScale = 0, SackPermitted = true });
        peer.Acknowledge();
        for (var place = 900; place > 0; place--)
        {
            peer.SendText(peer.Next + (place * 16_000), [1]);
        }

        Assert.InRange(world.Server.Arena.Outstanding().Count, 1, OutOfOrderRanges.Capacity + 1);
        world.Close(peer.User);
    }

    [Fact]
    public void When_all_ephemeral_ports_are_taken_connects_are_refused_RFC_6056()
    {
        using var world = new FaultWorld(client: new() { SynRetries = 0 });
        var remote = new IPv4Address(0x0A090063);
        var users = new List<TestUser>();
        OpenResult result;
        while ((result = world.Client.TryConnect(remote, 80, world.Now, out var user)) == OpenResult.Opened)
        {
            users.Add(user);
        }

        Assert.Equal(OpenResult.PortInUse, result);
        Assert.Equal(PortRange.Ephemeral.Count, users.Count);
        Assert.Equal(OpenResult.Opened, world.Client.TryConnect(remote, 81, world.Now, out var other));
        world.RunFor(TimeSpan.FromMinutes(1));
        Assert.All([.. users, other], user => Assert.Equal(TcpCloseReason.TimedOut, user.CloseReason));
        Assert.Equal(0, world.Client.Tcp.ConnectionCount);
    }

    [Fact]
    public void Nobody_connects_to_a_group_RFC_9293_3_9_2_3()
    {
        using var world = new FaultWorld();
        foreach (var group in (NetworkAddress[])[new IPv4Address(0x0A09FFFF), new IPv4Address(0xFFFFFFFF), new IPv4Address(0xE0000001), new IPv6Address(0xFF02_0000_0000_0000, 1)])
        {
            Assert.Equal(OpenResult.NoRoute, world.Client.TryConnect(group, 80, world.Now, out _));
        }
    }

    [Fact]
    public void A_link_that_goes_down_and_up_interrupts_transfers_but_ends_none()
    {
        using var world = new FaultWorld();
        var acceptor = world.Server.Listen(80);
        var first = world.Connect(acceptor);
        var second = world.Connect(acceptor, isIPv6: true);
        var bytes = new byte[2_000_000];
        new Random(2).NextBytes(bytes);
        first.Client.Send(bytes);
        second.Server.Send(bytes);
        for (var outage = 0; outage < 10; outage++)
        {
            world.RunFor(TimeSpan.FromMilliseconds(15));
            world.Carries = _ => false;
            world.Server.Device.Up = world.Client.Device.Up = false;
            world.RunFor(TimeSpan.FromSeconds(outage));
            world.Server.Device.Up = world.Client.Device.Up = true;
            world.Carries = _ => true;
        }

        world.Run(() => first.Server.Received.Length + second.Client.Received.Length == 2 * bytes.Length, "the bytes to arrive");
        Assert.True(first.Server.Received.ToArray().AsSpan().SequenceEqual(bytes) && second.Client.Received.ToArray().AsSpan().SequenceEqual(bytes));
        world.Close(first.Client, first.Server, second.Client, second.Server);
    }
}
