using System.Net;
using Broadside.Channels;

namespace Broadside.Testing.Tests;

public class ClosingTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_side_may_end_its_direction_first(bool clientFirst)
    {
        using var laboratory = new Laboratory();
        var (client, server) = laboratory.Pair();
        var (first, second) = clientFirst ? (client, server) : (server, client);
        first.Connection!.ShutdownSend();
        Assert.Throws<InvalidOperationException>(() => first.Connection.Send(laboratory.Batch(1)));
        laboratory.Network.RunUntilIdle();
        Assert.True(second.IsPeerClosed);
        second.Connection!.Send(laboratory.Batch(100));
        second.Connection.Close();
        laboratory.Network.RunUntilIdle();
        Assert.Equal(Laboratory.Bytes(100), first.Received);
        Assert.True(first.IsPeerClosed);
        Assert.Equal(CloseReason.Closed, first.Reason);
        Assert.Equal(CloseReason.Closed, second.Reason);
    }

    [Fact]
    public void Closing_sends_what_is_pending_first()
    {
        using var laboratory = new Laboratory();
        var (client, server) = laboratory.Pair();
        Assert.Equal(SendStatus.Pending, client.Connection!.Send(laboratory.Batch(500_000)));
        client.Connection.Close();
        client.Connection.Close();
        laboratory.Network.RunUntilIdle();
        Assert.Equal(Laboratory.Bytes(500_000), server.Received);
        Assert.True(server.IsPeerClosed);
        Assert.Null(client.Reason);
        server.Connection!.Close();
        laboratory.Network.RunUntilIdle();
        Assert.Equal(CloseReason.Closed, client.Reason);
        Assert.Single(client.Released);
    }

    [Fact]
    public void A_close_the_peer_does_not_answer_ends_in_a_reset()
    {
        using var laboratory = new Laboratory();
        var (client, server) = laboratory.Pair(new TransportOptions { CloseTimeout = TimeSpan.FromSeconds(3) });
        client.Connection!.Close();
        laboratory.Network.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Null(client.Reason);
        laboratory.Network.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(CloseReason.TimedOut, client.Reason);
        Assert.Equal(CloseReason.PeerReset, server.Reason);
    }

    [Fact]
    public void Aborting_resets_the_peer_and_reports_after_the_call()
    {
        using var laboratory = new Laboratory(new SimulatedNetworkOptions { SendRelease = SimulatedSendRelease.Acknowledged });
        var (client, server) = laboratory.Pair();
        var batch = laboratory.Batch(2_000);
        client.Connection!.Send(batch);
        client.Connection.Abort();
        Assert.Null(client.Reason);
        batch.Extents[0].Span.Clear();
        laboratory.Network.RunUntilIdle();
        Assert.Equal(CloseReason.Aborted, client.Reason);
        Assert.Equal([batch], client.Released);
        Assert.Equal(CloseReason.PeerReset, server.Reason);
        Assert.Equal(Laboratory.Bytes(server.Received.Count), server.Received);
    }

    [Fact]
    public void A_send_on_a_connection_that_failed_is_given_back_before_the_end()
    {
        using var laboratory = new Laboratory();
        var (client, _) = laboratory.Pair();
        var batch = laboratory.Batch(10);
        client.Connection!.Abort();
        Assert.Equal(SendStatus.Pending, client.Connection.Send(batch));
        laboratory.Network.RunUntilIdle();
        Assert.Equal([batch], client.Released);
        Assert.Empty(client.Accepted);
        Assert.Throws<InvalidOperationException>(() => client.Connection.Send(batch));
    }

    [Fact]
    public void A_handler_that_throws_loses_its_connection_only()
    {
        using var laboratory = new Laboratory();
        var (client, server) = laboratory.Pair();
        var other = laboratory.Connect(server.Connection!.LocalEndPoint!);
        server.Arrived = static _ => throw new InvalidDataException("Bad bytes.");
        client.Connection!.Send(laboratory.Batch(10));
        laboratory.Network.RunUntilIdle();
        Assert.Equal(CloseReason.HandlerFault, server.Reason);
        Assert.IsType<InvalidDataException>(server.Error);
        Assert.Equal(CloseReason.PeerReset, client.Reason);
        Assert.Null(other.Reason);
    }

    [Fact]
    public void An_acceptor_may_refuse()
    {
        using var laboratory = new Laboratory();
        var refusing = laboratory.Server.Listen(new IPEndPoint(IPAddress.Any, 0), new ListenOptions(), new RecordingAcceptor(_ => null));
        var throwing = laboratory.Server.Listen(
            new IPEndPoint(IPAddress.Any, 0), new ListenOptions(), new RecordingAcceptor(_ => throw new InvalidOperationException("No.")));
        var one = laboratory.Connect(refusing.LocalEndPoint);
        var other = laboratory.Connect(throwing.LocalEndPoint);
        laboratory.Network.RunUntilIdle();
        Assert.Equal(CloseReason.PeerReset, one.Reason);
        Assert.Equal(CloseReason.PeerReset, other.Reason);
    }

    [Fact]
    public void Connecting_where_nobody_listens_is_refused()
    {
        using var laboratory = new Laboratory();
        var nobody = laboratory.Connect(new IPEndPoint(IPAddress.Loopback, 9));
        var unknown = laboratory.Connect(new DnsEndPoint("example.org", 80));
        laboratory.Network.RunUntilIdle();
        Assert.Equal(CloseReason.Refused, nobody.Reason);
        Assert.Equal(CloseReason.Unreachable, unknown.Reason);
        Assert.Null(nobody.Connection);
    }

    [Fact]
    public void A_connect_to_a_full_backlog_waits_its_turn_or_times_out()
    {
        using var laboratory = new Laboratory();
        var idle = laboratory.Network.CreateChannel(
            new ChannelSettings(9, laboratory.Arena, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, TimeProvider.System));
        var endPoint = new IPEndPoint(IPAddress.Loopback, 4_000);
        idle.Listen(endPoint, new ListenOptions { Backlog = 0 }, laboratory.Acceptor);
        var late = laboratory.Connect(endPoint, new ConnectOptions { Timeout = TimeSpan.FromSeconds(4) });
        var cancelled = new RecordingHandler();
        laboratory.Client.Connect(endPoint, new ConnectOptions(), cancelled).Abort();
        laboratory.Network.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(CloseReason.TimedOut, late.Reason);
        Assert.Equal(CloseReason.Aborted, cancelled.Reason);
        Assert.True(idle.StopAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public void Stopping_a_channel_ends_all_it_has()
    {
        using var laboratory = new Laboratory(new SimulatedNetworkOptions { SendRelease = SimulatedSendRelease.Acknowledged });
        var (client, server) = laboratory.Pair();
        var endPoint = client.Connection!.RemoteEndPoint!;
        var batch = laboratory.Batch(1_000_000);
        client.Connection.Send(batch);
        var ran = false;
        Assert.True(laboratory.Client.Post(new ActionWork(() => ran = true)));
        Assert.True(laboratory.Client.StopAsync().IsCompletedSuccessfully);
        Assert.True(ran);
        Assert.False(laboratory.Client.Post(new ActionWork(() => ran = true)));
        Assert.Equal(CloseReason.ChannelStopped, client.Reason);
        Assert.Equal([batch], client.Released);
        laboratory.Network.RunUntilIdle();
        Assert.Equal(CloseReason.PeerReset, server.Reason);
        Assert.Throws<InvalidOperationException>(() => laboratory.Connect(endPoint));
    }
}
