using Broadside.Conformance.Engine.Harness;

namespace Broadside.Conformance.Backends;

/// <summary>A relay over the network stack: what one connection publishes goes to hundreds, whole and in order.</summary>
public abstract class NetStackFanOut<TFixture> : EngineTest<TFixture>
    where TFixture : NetStackFixture, new()
{
    private const int Subscribers = 300;
    private const int Records = 60;

    [Fact]
    public async Task WhatIsPublishedReachesEverySubscriber()
    {
        var group = Engine.CreateGroup("everybody");
        var server = new PeerHandler(Fixture)
        {
            WhenReceived = (Peer peer, in ReceivedRecord received) =>
            {
                using var record = received.ToRecord();
                group.TrySend(record, out _);
            },
        };
        var listener = await Listen(server);
        var client = new PeerHandler(Fixture);
        var clients = await Await(Task.WhenAll(
            Enumerable.Range(0, Subscribers).Select(_ => Engine.ConnectAsync(listener.LocalEndPoint, Wire.Framer, client))));
        await Until(() => server.Count == Subscribers, "the subscribers");
        foreach (var peer in server.Peers())
        {
            group.Add(peer.Connection);
        }

        var publisher = await Await(Engine.ConnectAsync(listener.LocalEndPoint, Wire.Framer));
        for (var number = 0; number < Records; number++)
        {
            // Small ones, and such as go by reference.
            publisher.TrySend(Wire.Bytes(0, number, number % 5 == 0 ? 20_000 : 200), out _);
        }

        var subscribers = client.Peers();
        await Until(() => subscribers.All(peer => peer.Count == Records), "the records");
        Assert.All(subscribers, peer => AssertInOrder(peer.NumbersOf(0)));
        Assert.Equal(Subscribers, clients.Length);
    }
}

public sealed class NetStackFanOutAtOnce : NetStackFanOut<NetStackFixture>;

public sealed class NetStackFanOutWithLatency : NetStackFanOut<NetStackLatencyFixture>;
