using System.Net;
using Broadside.Channels;

namespace Broadside.Testing.Tests;

public class FaultTests
{
    [Fact]
    public void A_stalled_connection_goes_on_where_it_stopped()
    {
        using var laboratory = new Laboratory();
        var (client, server) = laboratory.Pair();
        laboratory.Network.Stall(server.Connection!);
        client.Connection!.Send(laboratory.Batch(100));
        laboratory.Network.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(server.Received);
        laboratory.Network.Resume(server.Connection!);
        laboratory.Network.RunUntilIdle();
        Assert.Equal(Laboratory.Bytes(100), server.Received);
    }

    [Fact]
    public void A_stalled_endpoint_answers_nobody()
    {
        using var laboratory = new Laboratory();
        var endPoint = laboratory.Listen();
        laboratory.Network.Stall(endPoint);
        var client = laboratory.Connect(endPoint);
        laboratory.Network.Advance(TimeSpan.FromSeconds(3));
        Assert.Null(client.Connection);
        laboratory.Network.Resume(endPoint);
        laboratory.Network.Advance(TimeSpan.FromSeconds(3));
        Assert.NotNull(client.Connection);
    }

    [Fact]
    public void A_reset_is_seen_on_both_sides()
    {
        using var laboratory = new Laboratory();
        var (client, server) = laboratory.Pair();
        laboratory.Network.Reset(server.Connection!.LocalEndPoint!);
        laboratory.Network.RunUntilIdle();
        Assert.Equal(CloseReason.PeerReset, client.Reason);
        Assert.Equal(CloseReason.PeerReset, server.Reason);
    }

    [Fact]
    public void Partitioned_hosts_meet_again_when_healed()
    {
        using var laboratory = new Laboratory();
        var network = laboratory.Network;
        var (one, other) = (network.CreateHost(IPAddress.Parse("10.0.0.1")), network.CreateHost(IPAddress.Parse("10.0.0.2")));
        var listening = laboratory.CreateChannel(one);
        var connecting = laboratory.CreateChannel(other);
        listening.Listen(new IPEndPoint(IPAddress.Any, 7_000), new ListenOptions(), laboratory.Acceptor);
        var endPoint = new IPEndPoint(one.Address, 7_000);
        var (before, during) = (new RecordingHandler(), new RecordingHandler());
        connecting.Connect(endPoint, new ConnectOptions(), before);
        network.RunUntilIdle();
        Assert.Equal(other.Address, ((IPEndPoint)before.Connection!.LocalEndPoint!).Address);

        network.Partition(one.Address, other.Address);
        before.Connection.Send(laboratory.Batch(100));
        connecting.Connect(endPoint, new ConnectOptions { Timeout = TimeSpan.FromSeconds(5) }, during);
        var loopback = new RecordingHandler();
        listening.Connect(new IPEndPoint(IPAddress.Loopback, 7_000), new ConnectOptions(), loopback);
        network.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(CloseReason.TimedOut, during.Reason);
        Assert.Empty(laboratory.Acceptor.Handlers[0].Received);
        Assert.NotNull(loopback.Connection);

        network.Heal(other.Address, one.Address);
        network.RunUntilIdle();
        Assert.Equal(Laboratory.Bytes(100), laboratory.Acceptor.Handlers[0].Received);
    }

    [Fact]
    public void Connects_are_refused_as_often_as_the_options_say()
    {
        using var laboratory = new Laboratory(new SimulatedNetworkOptions { Faults = new SimulatedFaultOptions { ConnectRefusal = 0.5 } });
        var endPoint = laboratory.Listen();
        RecordingHandler[] clients = [.. Enumerable.Range(0, 1_000).Select(_ => laboratory.Connect(endPoint))];
        laboratory.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.InRange(clients.Count(client => client.Reason == CloseReason.Refused), 400, 600);
    }

    [Fact]
    public void Faults_reset_connections_in_mid_stream()
    {
        using var laboratory = new Laboratory(new SimulatedNetworkOptions
        {
            Faults = new SimulatedFaultOptions { Reset = 0.01 },
            MaximumSegment = 100,
        });
        var (client, server) = laboratory.Pair();
        client.Connection!.Send(laboratory.Batch(200_000));
        laboratory.Network.RunUntilIdle();
        Assert.Equal(CloseReason.PeerReset, client.Reason);
        Assert.Equal(CloseReason.PeerReset, server.Reason);
        Assert.InRange(server.Received.Count, 0, 199_999);
        Assert.Equal(Laboratory.Bytes(server.Received.Count), server.Received);
    }
}
