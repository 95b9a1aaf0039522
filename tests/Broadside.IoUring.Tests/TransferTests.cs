using System.Net.Sockets;

namespace Broadside.IoUring.Tests;

/// <summary>How bytes come and go: what is copied, how often the channel is woken, and what a close leaves behind.</summary>
public sealed class TransferTests : ConformanceTest<TestFixture>
{
    private const int Mebibyte = 1024 * 1024;
    private const int Batches = 10;

    [Fact]
    public async Task ALargeRecordIsOneReceive()
    {
        const int Header = 8;
        var target = Fixture.Arena.Allocate(Mebibyte);
        var serverChannel = Fixture.CreateChannel();
        var server = Handler();
        server.WhenReceived = (handler, _) => handler.ReceiveInto(target);
        var pair = await ConnectPair(server: server, serverChannel: serverChannel);
        await pair.OnClient(client => client.SendPattern(0, Header));
        await pair.UntilReceived(server, Header);
        var before = await Fixture.Run(serverChannel, () => serverChannel.Counters.Receives);
        await pair.OnClient(client => client.SendPattern(Header, Mebibyte));
        await Fixture.Until(() => server.ExtentCount == 1, "the record");
        Assert.Equal(1, serverChannel.Counters.Receives - before);
        Fixture.Arena.Free(target);
    }

    [Fact]
    public async Task ACloseAgainstASlowReaderLosesNothing()
    {
        const int Length = 2 * Mebibyte;
        var server = Handler();
        var acceptor = new RecordingAcceptor(Fixture, () => server);
        var transport = new TransportOptions { SendBufferSize = 32 * 1024 };
        var listener = await Listen(acceptor, new ListenOptions { Transport = transport });
        using var reader = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 8 * 1024 };
        await reader.ConnectAsync(listener.LocalEndPoint);
        await Fixture.Until(() => server.IsConnected, "the connection");
        await Fixture.Run(Channel, () =>
        {
            server.SendPattern(0, Length);
            server.Close();
        });
        var buffer = new byte[5000];
        var position = 0;
        for (int count; (count = await reader.ReceiveAsync(buffer)) > 0; position += count)
        {
            Assert.Equal(-1, Pattern.FirstMismatch(buffer.AsSpan(0, count), position));
        }

        Assert.Equal(Length, position);
        reader.Dispose();
        await UntilClosed(server);
        Assert.Equal(CloseReason.Closed, server.Reason);
    }

    [Theory]
    [InlineData(LargeRecordStrategy.Copy, ZeroCopyPolicy.Memory, 0)]
    [InlineData(LargeRecordStrategy.ZeroCopy, ZeroCopyPolicy.Throughput, 1)]
    [InlineData(LargeRecordStrategy.ZeroCopy, ZeroCopyPolicy.Memory, Batches)]
    public async Task ZeroCopyObeysItsPolicy(LargeRecordStrategy strategy, ZeroCopyPolicy policy, int sends)
    {
        const int Length = 256 * 1024;
        Fixture.Options = new IoUringOptions { LargeRecords = strategy, ZeroCopy = policy };
        var client = Handler();
        var pair = await ConnectPair(client, serverChannel: Fixture.CreateChannel());
        for (var batch = 1; batch <= Batches; batch++)
        {
            var position = (batch - 1L) * Length;
            await pair.OnClient(handler => handler.SendPattern(position, 10, Length - 20, 10));
            await Fixture.Until(() => client.ReleasedCount == batch, "the batch to be released");
        }

        await pair.UntilReceived(pair.Server, (long)Batches * Length);
        var counters = TestFixture.Inner(Channel).RingCounters;

        // Over loopback the kernel copies at delivery, and says so.
        Assert.Equal(sends, counters.ZeroCopySends);
        Assert.Equal(counters.ZeroCopySends, counters.ZeroCopyCopied);
    }

    [Fact]
    public async Task ZeroCopySendsAreReleasedWhenTheirConnectionIsReset()
    {
        Fixture.Options = new IoUringOptions { ZeroCopy = ZeroCopyPolicy.Memory };
        var pair = await ConnectPair(serverChannel: Fixture.CreateChannel());
        await pair.OnServer(server => server.PauseReceive());
        await pair.Saturate(pair.Client);
        await pair.OnClient(client => client.Abort());
        await UntilClosed(pair.Client);
        Assert.Equal(1, pair.Client.ReleasedCount);
    }

    [Fact]
    public async Task AWildcardListenerKnowsItsAddresses()
    {
        var acceptor = new RecordingAcceptor(Fixture);
        var listener = await Listen(acceptor, endPoint: new IPEndPoint(IPAddress.Any, 0));
        var client = Handler();
        var target = new IPEndPoint(IPAddress.Parse("127.0.0.5"), ((IPEndPoint)listener.LocalEndPoint).Port);
        await Connect(target, client);
        await Fixture.Until(() => acceptor.Count == 1 && acceptor[0].IsConnected, "the connection");
        Assert.Equal(target, acceptor[0].Connection.LocalEndPoint);
        Assert.Equal(client.Connection.LocalEndPoint, acceptor[0].Connection.RemoteEndPoint);
    }

    [Fact]
    public async Task AnEndpointInUseIsRefused()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(Fixture.ListenEndPoint);
        taken.Listen();
        await Fixture.Run(Channel, () =>
        {
            var exception = Assert.Throws<SocketException>(() =>
                Channel.Listen(taken.LocalEndPoint!, new ListenOptions(), new RecordingAcceptor(Fixture)));
            Assert.Equal(SocketError.AddressAlreadyInUse, exception.SocketErrorCode);
        });
    }
}
