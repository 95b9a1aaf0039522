namespace Broadside.Conformance.Suites;

/// <summary>Bytes arrive whole, once and in order, however they are cut.</summary>
public abstract class StreamConformance<TFixture> : ConformanceTest<TFixture>
    where TFixture : BackendFixture, new()
{
    [Fact]
    public async Task EchoesASmallMessage()
    {
        var server = Handler();
        server.WhenReceived = (handler, segment) => handler.SendPattern(0, segment.Extent.Length);
        var pair = await ConnectPair(server: server);
        await pair.OnClient(client => client.SendPattern(0, 100));
        await pair.UntilReceived(pair.Client, 100);
        await pair.OnClient(client => client.Close());
        await pair.OnServer(handler => handler.Close());
        await UntilClosed(pair.Client, pair.Server);
        Assert.Equal(100, pair.Client.ReceivedLength);
        Assert.Equal(CloseReason.Closed, pair.Client.Reason);
        Assert.Equal(CloseReason.Closed, pair.Server.Reason);
    }

    [Fact]
    public async Task KnowsItsEndpoints()
    {
        var pair = await ConnectPair();
        var (client, server) = (pair.Client.Connection, pair.Server.Connection);
        Assert.Equal(client.LocalEndPoint, server.RemoteEndPoint);
        Assert.Equal(client.RemoteEndPoint, server.LocalEndPoint);
        await pair.OnClient(handler => handler.Abort());
        await UntilClosed(pair.Client, pair.Server);
        Assert.Equal(client.LocalEndPoint, server.RemoteEndPoint);
        Assert.Equal(client.RemoteEndPoint, server.LocalEndPoint);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(64)]
    [InlineData(1000)]
    public async Task GathersManySmallExtents(int count)
    {
        var pair = await ConnectPair();
        var lengths = Enumerable.Range(1, count).Select(index => 1 + (index * 37 % 300)).ToArray();
        await pair.OnClient(client => client.SendPattern(0, lengths));
        await pair.UntilReceived(pair.Server, lengths.Sum());
        Assert.Equal(lengths.Sum(), pair.Server.ReceivedLength);
    }

    [Fact]
    public async Task GathersSmallAndLargeExtentsMixed()
    {
        var pair = await ConnectPair();
        int[] lengths = [10, 100_000, 20, 30, 4096, 4097, 5000, 1, 70_000, 2, 3, 8192, 9000, 10_000, 11_000, 12_000, 13_000, 14_000];
        await pair.OnClient(client => client.SendPattern(0, lengths));
        await pair.UntilReceived(pair.Server, lengths.Sum());
        Assert.Equal(lengths.Sum(), pair.Server.ReceivedLength);
    }

    [Theory]
    [InlineData(128, 64 * 1024)]
    [InlineData(2048, 4 * 1024)]
    [InlineData(8, 1024 * 1024)]
    public async Task SendsALargeGatherToASlowReader(int count, int length)
    {
        // One buffer is read per 64 KiB arrived, and each read waits for a turn of the channel's: the sender fills up again and again.
        var server = Handler();
        server.WhenReceived = (handler, _) =>
        {
            handler.PauseReceive();
            handler.Connection.Channel.Post(new ActionWork(() => Resume(handler)));
        };
        var small = new TransportOptions { ReceiveBufferSize = 32 * 1024, SendBufferSize = 32 * 1024 };
        var pair = await ConnectPair(server: server, transport: small);
        await pair.OnClient(client => Assert.Equal(SendStatus.Pending, client.SendPattern(0, Enumerable.Repeat(length, count).ToArray())));
        await Fixture.Until(() => pair.Client.ReleasedCount == 1, "the batch to be released");
        Assert.Equal(1, pair.Client.AcceptedCount);
        await pair.OnClient(client => client.Close());
        await pair.UntilReceived(pair.Server, (long)count * length);
        Assert.Equal((long)count * length, pair.Server.ReceivedLength);

        static void Resume(RecordingHandler handler)
        {
            if (!handler.IsClosed)
            {
                handler.ResumeReceive();
            }
        }
    }

    [Fact]
    public async Task SendsTheNextBatchWhenOneIsAccepted()
    {
        const int Batches = 50;
        const int Length = 300_000;
        var client = Handler();
        var sent = 0;
        client.WhenConnected = handler => SendOn(handler);
        client.WhenAccepted = (handler, _) => SendOn(handler);
        var pair = await ConnectPair(client);
        await pair.UntilReceived(pair.Server, (long)Batches * Length);
        Assert.Equal((long)Batches * Length, pair.Server.ReceivedLength);

        void SendOn(RecordingHandler handler)
        {
            while (sent < Batches && handler.SendPattern((long)sent++ * Length, Length) != SendStatus.Pending)
            {
            }
        }
    }

    [Fact]
    public async Task RefusesASecondSendWhileOneIsPending()
    {
        var pair = await ConnectPair();
        await pair.OnServer(server => server.PauseReceive());
        await pair.Saturate(pair.Client);
        await pair.OnClient(client =>
        {
            var batch = new PatternBatch(Fixture.Arena, 0, 10);
            Assert.Throws<InvalidOperationException>(() => client.Connection.Send(batch));
            batch.Free();
        });
        await pair.OnClient(client => client.Abort());
        await UntilClosed(pair.Client);
    }

    [Fact]
    public async Task KeepsRetainedSegments()
    {
        const int Length = 1024 * 1024;
        var retained = new List<(SharedBuffer Buffer, Extent Extent, long Position)>();
        var server = Handler();
        server.WhenReceived = (handler, segment) =>
        {
            segment.Buffer.AddReference();
            retained.Add((segment.Buffer, segment.Extent, handler.ReceivedLength - segment.Extent.Length));
        };
        var pair = await ConnectPair(server: server);
        await pair.OnClient(client => client.SendPattern(0, Length));
        await pair.UntilReceived(server, Length);
        await Fixture.Stop(Channel);
        foreach (var (buffer, extent, position) in retained)
        {
            Assert.Equal(-1, Pattern.FirstMismatch(extent.Span, position));
            buffer.Release();
        }
    }

    [Fact]
    public async Task GoesOnWhenTheArenaHasRoomAgain()
    {
        const int Length = 512 * 1024;
        var arena = new Arena(new ArenaOptions { MaximumBytes = Block.Size });
        var channel = Fixture.CreateChannel(arena: arena);
        var hog = arena.Allocate(Block.Size);
        var pair = await ConnectPair(serverChannel: channel);
        await pair.OnClient(client => client.SendPattern(0, Length));
        await Fixture.Run(channel, () => Assert.Equal(0, pair.Server.ReceivedLength));
        arena.Free(hog);
        await pair.UntilReceived(pair.Server, Length);
        await pair.OnClient(client => client.Abort());
        await UntilClosed(pair.Server);
    }
}
