using System.Net;
using System.Net.Sockets;
using Broadside.Channels;

namespace Broadside.Testing.Tests;

public class StreamTests
{
    [Fact]
    public void Carries_a_gather_whole_and_in_order()
    {
        using var laboratory = new Laboratory();
        var (client, server) = laboratory.Pair();
        Assert.Equal(SendStatus.Released, client.Connection!.Send(laboratory.Batch(1, 3_000, 70_000)));
        laboratory.Network.RunUntilIdle();
        Assert.Equal(Laboratory.Bytes(73_001), server.Received);
        Assert.Equal(client.Connection.LocalEndPoint, server.Connection!.RemoteEndPoint);
        Assert.Equal(client.Connection.RemoteEndPoint, server.Connection.LocalEndPoint);
    }

    [Fact]
    public void A_send_larger_than_the_buffers_is_pending_until_accepted()
    {
        using var laboratory = new Laboratory();
        var (client, server) = laboratory.Pair();
        var batch = laboratory.Batch(1_000_000);
        Assert.Equal(SendStatus.Pending, client.Connection!.Send(batch));
        Assert.Throws<InvalidOperationException>(() => client.Connection.Send(batch));
        Assert.Empty(client.Accepted);
        laboratory.Network.RunUntilIdle();
        Assert.Equal([batch], client.Accepted);
        Assert.Equal([batch], client.Released);
        Assert.Equal(Laboratory.Bytes(1_000_000), server.Received);
    }

    [Fact]
    public void A_paused_receiver_holds_the_sender_back()
    {
        using var laboratory = new Laboratory(new SimulatedNetworkOptions { ReceiveWindow = 1_000, SendBuffer = 3_000 });
        var (client, server) = laboratory.Pair();
        server.Connection!.PauseReceive();
        Assert.Equal(SendStatus.Released, client.Connection!.Send(laboratory.Batch(3_000)));
        Assert.Equal(SendStatus.Pending, client.Connection.Send(laboratory.Batch(3_000)));
        laboratory.Network.Advance(TimeSpan.FromHours(1));
        Assert.Empty(server.Received);
        Assert.Empty(client.Accepted);
        Assert.Equal(4_000, laboratory.Client.Counters.SentBytes);
        server.Connection.ResumeReceive();
        laboratory.Network.RunUntilIdle();
        Assert.Equal([.. Laboratory.Bytes(3_000), .. Laboratory.Bytes(3_000)], server.Received);
        Assert.Single(client.Accepted);
    }

    [Fact]
    public void The_unsent_limit_bounds_what_a_stalled_connection_accepts()
    {
        using var laboratory = new Laboratory(new SimulatedNetworkOptions { ReceiveWindow = 500 });
        var (client, _) = laboratory.Pair(new TransportOptions { UnsentLimit = 2_000 });
        laboratory.Network.Stall(client.Connection!);
        Assert.Equal(SendStatus.Pending, client.Connection!.Send(laboratory.Batch(10_000)));
        laboratory.Network.RunUntilIdle();
        Assert.Equal(2_500, laboratory.Client.Counters.SentBytes);
    }

    [Fact]
    public void Bytes_land_in_the_extent_given_even_while_paused()
    {
        using var laboratory = new Laboratory();
        var (client, server) = laboratory.Pair();
        server.Connection!.PauseReceive();
        var extent = laboratory.Allocate(5_000);
        server.Connection.ReceiveInto(extent);
        Assert.Throws<InvalidOperationException>(() => server.Connection.ReceiveInto(extent));
        client.Connection!.Send(laboratory.Batch(6_000));
        laboratory.Network.RunUntilIdle();
        Assert.Equal([extent], server.Extents);
        Assert.Equal(Laboratory.Bytes(5_000), extent.Span);
        server.Connection.ResumeReceive();
        laboratory.Network.RunUntilIdle();
        Assert.Equal(Laboratory.Bytes(6_000), server.Received);
    }

    [Fact]
    public void Borrowed_bytes_are_overwritten_and_kept_ones_are_not()
    {
        using var laboratory = new Laboratory();
        var (client, server) = laboratory.Pair();
        var (borrowed, kept) = (default(Extent), default(SharedBuffer));
        server.Arrived = segment => borrowed = segment.Extent;
        client.Connection!.Send(laboratory.Batch(100));
        laboratory.Network.RunUntilIdle();
        Assert.Equal(-1, borrowed.Span.IndexOfAnyExcept((byte)0xDD));

        server.Arrived = segment => (kept = segment.Buffer).AddReference();
        client.Connection.Send(laboratory.Batch(100));
        laboratory.Network.RunUntilIdle();
        server.Arrived = null;
        client.Connection.Send(laboratory.Batch(50, 50));
        laboratory.Network.RunUntilIdle();
        Assert.Equal(Laboratory.Bytes(100), kept!.Extent.Span[..100]);
        kept.Release();
    }

    [Fact]
    public void Unix_domain_endpoints_are_names()
    {
        using var laboratory = new Laboratory();
        var endPoint = new UnixDomainSocketEndPoint("/run/feed");
        var listener = laboratory.Server.Listen(endPoint, new ListenOptions(), laboratory.Acceptor);
        var client = laboratory.Connect(endPoint);
        laboratory.Network.RunUntilIdle();
        Assert.Equal(endPoint, client.Connection!.RemoteEndPoint);
        listener.Close();
        var late = laboratory.Connect(endPoint);
        laboratory.Network.RunUntilIdle();
        Assert.Equal(CloseReason.Refused, late.Reason);
        Assert.Null(client.Reason);
    }

    [Fact]
    public void Channels_that_share_an_endpoint_accept_in_turn()
    {
        using var laboratory = new Laboratory();
        var other = laboratory.CreateChannel(laboratory.Network);
        var acceptor = new RecordingAcceptor();
        var endPoint = laboratory.Listen();
        Assert.NotEqual(0, ((IPEndPoint)endPoint).Port);
        other.Listen(endPoint, new ListenOptions(), acceptor);
        Assert.Throws<SocketException>(() => other.Listen(endPoint, new ListenOptions(), acceptor));
        for (var count = 0; count < 10; count++)
        {
            laboratory.Connect(endPoint);
        }

        laboratory.Network.RunUntilIdle();
        Assert.Equal(5, laboratory.Acceptor.Handlers.Count);
        Assert.Equal(5, acceptor.Handlers.Count);
    }

    [Fact]
    public void A_batch_is_released_when_acknowledged_and_read_as_late()
    {
        using var laboratory = new Laboratory(new SimulatedNetworkOptions { SendRelease = SimulatedSendRelease.Acknowledged });
        var (client, server) = laboratory.Pair();
        var batch = laboratory.Batch(100);
        Assert.Equal(SendStatus.Accepted, client.Connection!.Send(batch));
        Assert.True(laboratory.Network.RunUntil(() => server.Received.Count > 0, TimeSpan.FromSeconds(1)));
        Assert.Empty(client.Released);
        laboratory.Network.RunUntilIdle();
        Assert.Equal([batch], client.Released);

        var changed = laboratory.Batch(100);
        client.Connection.Send(changed);
        changed.Extents[0].Span.Clear();
        laboratory.Network.RunUntilIdle();
        Assert.Equal([.. Laboratory.Bytes(100), .. new byte[100]], server.Received);
    }

    [Fact]
    public void The_order_of_releases_varies()
    {
        using var laboratory = new Laboratory(new SimulatedNetworkOptions
        {
            SendRelease = SimulatedSendRelease.Acknowledged,
            MaximumReleaseDelay = TimeSpan.FromMilliseconds(5),
        });
        var (client, _) = laboratory.Pair();
        SendBatch[] batches = [.. Enumerable.Range(1, 20).Select(length => laboratory.Batch(length))];
        foreach (var batch in batches)
        {
            Assert.Equal(SendStatus.Accepted, client.Connection!.Send(batch));
        }

        laboratory.Network.RunUntilIdle();
        Assert.Equal(batches.Length, client.Released.Distinct().Count());
        Assert.NotEqual(batches, client.Released);
    }

    [Fact]
    public void Without_memory_receiving_waits()
    {
        using var laboratory = new Laboratory();
        var arena = new Arena(new ArenaOptions { MaximumBytes = Arena.MaximumExtent });
        var channel = laboratory.Network.CreateChannel(
            new ChannelSettings(9, arena, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, TimeProvider.System));
        channel.Start();
        var endPoint = channel.Listen(new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions(), laboratory.Acceptor).LocalEndPoint;
        var everything = arena.Allocate(Arena.MaximumExtent);
        var client = laboratory.Connect(endPoint);
        laboratory.Network.RunUntilIdle();
        client.Connection!.Send(laboratory.Batch(100));
        laboratory.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(laboratory.Acceptor.Handlers[0].Received);
        arena.Free(everything);
        laboratory.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Laboratory.Bytes(100), laboratory.Acceptor.Handlers[0].Received);
        Assert.True(channel.StopAsync().IsCompletedSuccessfully);
        Assert.Equal(0, arena.AllocatedBytes);
    }
}
