using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tests.Tcp.Harness;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tests.Tcp;

/// <summary>Bytes from one end to the other.</summary>
public sealed class TcpStreamTests : IDisposable
{
    private readonly TcpWorld _world = new();

    public void Dispose()
    {
        _world.Dispose();
        Assert.Empty(_world.Arena.Outstanding());
    }

    [Fact]
    public void A_handshake_takes_three_segments()
    {
        _world.Connect();
        _world.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal([TcpFlags.Syn, TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Ack], _world.Log.Select(packet => packet.Flags));
        Finish();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1448)]
    [InlineData(100_000)]
    [InlineData(2_000_000)]
    public void What_one_end_sends_the_other_receives(int length)
    {
        var (client, server) = _world.Connect();
        var bytes = Pattern(length);
        client.Send(bytes);
        _world.Run(() => server.Received.Length == length && client.Unreleased == 0, "the bytes to arrive");
        Assert.Equal(bytes, server.Received.ToArray());
        Finish();
    }

    [Fact]
    public void Lost_segments_are_sent_again()
    {
        var (client, server) = _world.Connect();
        var random = new Random(1);
        _world.Carries = _ => random.Next(10) > 0;
        var bytes = Pattern(300_000);
        client.Send(bytes);
        server.Send(bytes);
        _world.Run(() => server.Received.Length == bytes.Length && client.Received.Length == bytes.Length, "the bytes to arrive");
        Assert.Equal(bytes, server.Received.ToArray());
        Assert.Equal(bytes, client.Received.ToArray());
        _world.Carries = _ => true;
        Finish();
    }

    [Fact]
    public void Both_ends_close_in_order()
    {
        var (client, server) = _world.Connect();
        client.Send(Pattern(10_000));
        client.Connection.ShutdownSend();
        _world.Run(() => server.Seen.HasFlag(TcpEvents.PeerClosed), "the end of stream");
        Assert.Equal(10_000, server.Received.Length);
        server.Send(Pattern(5_000));
        server.Connection.ShutdownSend();
        _world.Run(() => client.CloseReason is not null && server.CloseReason is not null, "both to close");
        Assert.Equal(5_000, client.Received.Length);
        Assert.Equal((TcpCloseReason.Closed, TcpCloseReason.Closed), (client.CloseReason, server.CloseReason));
        Assert.Equal(1, _world.Client.Layer.TimeWaitCount);
        _world.RunFor(TimeSpan.FromSeconds(61));
        Assert.Empty(_world.Client.Layer.Endpoints);
        Assert.Empty(_world.Server.Layer.Endpoints);
    }

    [Fact]
    public void A_reader_that_stops_holds_the_sender_back()
    {
        var (client, server) = _world.Connect();
        server.Reads = false;
        var bytes = Pattern(1_000_000);
        client.Send(bytes);
        _world.RunFor(TimeSpan.FromMinutes(5));
        Assert.InRange(server.Connection.ReadableLength, 100_000, 200_000);
        server.Reads = true;
        server.Read(_world.Now);
        _world.Run(() => server.Received.Length == bytes.Length, "the bytes to arrive");
        Assert.Equal(bytes, server.Received.ToArray());
        Finish();
    }

    /// <summary>A gigabit per second at 100 ms is 12.5 MB in flight: windows on both sides must grow to it.</summary>
    [Fact]
    public void A_long_fat_path_is_filled()
    {
        _world.Delay = TimeSpan.FromMilliseconds(50);
        var (client, server) = _world.Connect();
        var bytes = Pattern(1_000_000);
        const int Batches = 64;
        for (var batch = 0; batch < Batches; batch++)
        {
            client.Send(bytes);
        }

        _world.Run(() => server.Received.Length >= Batches / 2 * bytes.Length, "half the bytes to arrive");
        var half = _world.Now;
        _world.Run(() => server.Received.Length == Batches * bytes.Length, "the bytes to arrive");
        var rate = (Batches / 2 * bytes.Length) / (_world.Now - half).TotalSeconds;
        Assert.True(rate > 100_000_000, $"{rate:N0} bytes per second");
        Finish();
    }

    [Fact]
    public void Paced_data_are_spread_over_the_round_trip()
    {
        using var world = new TcpWorld(client: new() { Pacing = true }) { Delay = TimeSpan.FromMilliseconds(50) };
        var (client, server) = world.Connect();
        var bytes = Pattern(1_000_000);
        client.Send(bytes);
        var times = new HashSet<TimeSpan>();
        world.Carries = packet => packet.PayloadLength == 0 || times.Add(world.Now) || true;
        world.Run(() => server.Received.Length == bytes.Length, "the bytes to arrive");
        Assert.Equal(bytes, server.Received.ToArray());

        // Without pacing there are as many bursts as round trips, some seven.
        Assert.True(times.Count > 50, $"Data left at {times.Count} different times only.");
    }

    private static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private void Finish()
    {
        foreach (var host in (TcpHost[])[_world.Client, _world.Server])
        {
            foreach (var connection in host.Layer.Endpoints.OfType<TcpConnection>().ToList())
            {
                connection.Abort(_world.Now);
            }
        }

        _world.RunFor(TimeSpan.FromMinutes(3));
    }
}
