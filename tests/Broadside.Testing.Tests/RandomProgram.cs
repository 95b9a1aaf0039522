using System.Net;
using Broadside.Channels;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broadside.Testing.Tests;

/// <summary>Several channels, some connections between them and everything that can be done with these, drawn from a seed.</summary>
internal sealed class RandomProgram : IConnectionAcceptor
{
    private readonly Random _random;
    private readonly Dictionary<ChannelConnection, (RandomPeer Peer, int Stream)> _connecting = [];
    private readonly List<RandomPeer> _peers = [];
    private readonly List<string> _failures = [];

    public RandomProgram(int seed, Arena arena, bool keepTrace = false)
    {
        _random = new Random(seed);
        Arena = arena;
        Network = new SimulatedNetwork(SimulatedNetworkOptions.Hostile(seed) with { KeepTrace = keepTrace });
    }

    public SimulatedNetwork Network { get; }

    public Arena Arena { get; }

    public IReadOnlyList<string> Failures => _failures;

    public IEnumerable<CloseReason> Reasons => _peers.Select(peer => peer.Reason!.Value);

    /// <summary>Runs it to the end of every connection, and stops the channels; sometimes before the end.</summary>
    public void Run()
    {
        IoChannel[] channels = [.. Enumerable.Range(0, 2 + _random.Next(2)).Select(CreateChannel)];
        var endPoint = channels[0].Listen(new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions(), this).LocalEndPoint;
        if (channels.Length > 2)
        {
            channels[2].Listen(endPoint, new ListenOptions(), this);
        }

        for (var count = 1 + _random.Next(5); count > 0; count--)
        {
            var peer = new RandomPeer(this, channels[1], count, new Random(_random.Next()));
            _peers.Add(peer);
            _connecting.Add(channels[1].Connect(endPoint, new ConnectOptions(), peer), (peer, count));
        }

        var limit = _random.Next(10) == 0 ? TimeSpan.FromMilliseconds(_random.Next(50)) : TimeSpan.FromHours(1);
        var allOver = Network.RunUntil(() => _peers.TrueForAll(peer => peer.Reason is not null), limit);
        Check(allOver || limit < TimeSpan.FromHours(1), "Some connections never ended.");
        foreach (var channel in channels)
        {
            Check(channel.StopAsync().IsCompletedSuccessfully, "A channel did not stop.");
        }

        Check(_peers.TrueForAll(peer => peer.Reason is not null), "Some connections were forgotten.");
        Check(_peers.TrueForAll(peer => peer.Received <= (peer.Other?.Sent ?? 0)), "More arrived than was sent.");
    }

    public IConnectionHandler OnAccepted(ChannelConnection connection)
    {
        var (other, stream) = _connecting[((SimulatedConnection)connection).Peer!];
        var peer = new RandomPeer(this, connection.Channel, ~stream, new Random(_random.Next())) { Other = other };
        other.Other = peer;
        _peers.Add(peer);
        return peer;
    }

    public void After(IoChannel channel, Random random, Action action) =>
        channel.Schedule(new ActionTimer(action), TimeSpan.FromMicroseconds(random.Next(1, 2_000)));

    public void Check(bool condition, string failure)
    {
        if (!condition)
        {
            _failures.Add(failure);
        }
    }

    private IoChannel CreateChannel(int index)
    {
        var channel = Network.CreateChannel(new ChannelSettings(index, Arena, NullLogger.Instance, TimeProvider.System));
        channel.Start();
        return channel;
    }

    private sealed class ActionTimer(Action action) : ChannelTimer
    {
        protected override void OnDue() => action();
    }
}
