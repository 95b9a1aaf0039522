using System.Net.Sockets;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring.Tests;

/// <summary>Large records that lie in a file: what is sent from it, in which order, and what a close leaves behind.</summary>
public sealed class FileTests : ConformanceTest<TestFixture>
{
    private const int Mebibyte = 1024 * 1024;

    public FileTests() => Fixture.Options = new IoUringOptions { LargeRecords = LargeRecordStrategy.File };

    [Fact]
    public async Task BytesOnTheirWayOutliveTheirMemory()
    {
        const int Readers = 6;
        const int Length = 256 * 1024;
        var transport = new TransportOptions { SendBufferSize = Mebibyte, UnsentLimit = 0 };
        var (servers, readers) = await ConnectReaders(Readers, transport);
        var extents = new List<Extent>();
        await Fixture.Run(Channel, () =>
        {
            foreach (var server in servers)
            {
                var batch = new PatternBatch(Fixture.Arena, 0, Length);
                extents.Add(batch.Extents[0]);
                server.Send(batch);
            }
        });

        // Taken whole by the kernel, and freed; the readers have room for a small part.
        await Fixture.Until(() => servers.All(server => server.ReleasedCount == 1), "the batches to be released");
        var others = extents.ConvertAll(_ => Fixture.Arena.Allocate(Length));
        Assert.Equal(extents.Select(extent => (extent.Block, extent.Offset)).ToHashSet(), others.Select(extent => (extent.Block, extent.Offset)).ToHashSet());
        others.ForEach(extent => extent.Span.Fill(0xEE));
        foreach (var reader in readers)
        {
            await ReadPattern(reader, Length);
            reader.Dispose();
        }

        Assert.True(TestFixture.Inner(Channel).RingCounters.FileSends >= Readers);
        others.ForEach(Fixture.Arena.Free);
    }

    [Fact]
    public async Task EverythingArrivesInOrderAtASlowReaderBeforeTheClose()
    {
        int[] lengths = [10, Mebibyte, 7, 3000, 200_001, 5000, 2 * Mebibyte, 1];
        var (servers, readers) = await ConnectReaders(1, new TransportOptions { SendBufferSize = 32 * 1024 });
        await Fixture.Run(Channel, () =>
        {
            Assert.Equal(SendStatus.Pending, servers[0].SendPattern(0, lengths));
            servers[0].Close();
        });
        await ReadPattern(readers[0], lengths.Sum());
        Assert.Equal(0, await readers[0].ReceiveAsync(new byte[1]));
        Assert.True(TestFixture.Inner(Channel).RingCounters.FileSends > 3);
        readers[0].Dispose();
        await UntilClosed(servers[0]);
        Assert.Equal(CloseReason.Closed, servers[0].Reason);
    }

    [Fact]
    public async Task ManyTurnsOfAFastReader()
    {
        const int Batches = 20;
        var client = Handler();
        var pair = await ConnectPair(client, serverChannel: Fixture.CreateChannel(), transport: new TransportOptions { UnsentLimit = 0 });
        var sent = 0;
        client.WhenAccepted = (handler, _) => SendMore(handler);
        await pair.OnClient(SendMore);
        await pair.UntilReceived(pair.Server, Batches * 3L * Mebibyte);

        void SendMore(RecordingHandler handler)
        {
            // A batch taken at once is told by the call.
            while (sent < Batches && handler.SendPattern(sent++ * 3L * Mebibyte, 2 * Mebibyte, Mebibyte) != SendStatus.Pending)
            {
            }
        }
    }

    [Fact]
    public async Task TheCloseOfTheDirectDescriptorEndsTheConnection()
    {
        var before = Descriptors.CountOfTransport();
        var (servers, readers) = await ConnectReaders(1);
        servers[0].WhenPeerClosed = server =>
        {
            server.SendPattern(0, Mebibyte);
            server.Close();
        };
        readers[0].Shutdown(SocketShutdown.Send);
        await ReadPattern(readers[0], Mebibyte);
        Assert.Equal(0, await readers[0].ReceiveAsync(new byte[1]));
        await UntilClosed(servers[0]);
        readers[0].Dispose();
        Assert.Equal(before + DescriptorsOfChannel, Descriptors.CountOfTransport());
    }

    [Fact]
    public async Task AnAbortResetsAndGivesEverythingBack()
    {
        var before = Descriptors.CountOfTransport();
        var (servers, readers) = await ConnectReaders(1);
        await Fixture.Run(Channel, () => servers[0].SendPattern(0, 2 * Mebibyte));
        await UntilSending();
        Assert.Equal(before + DescriptorsOfChannel + 2, Descriptors.CountOfTransport());
        await Fixture.Run(Channel, () => servers[0].Abort());
        await UntilClosed(servers[0]);
        Assert.Equal((0, 1), (servers[0].AcceptedCount, servers[0].ReleasedCount));
        var exception = await Assert.ThrowsAsync<SocketException>(() => ReadPattern(readers[0], 2 * Mebibyte));
        Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
        readers[0].Dispose();
        Assert.Equal(before + DescriptorsOfChannel, Descriptors.CountOfTransport());
    }

    [Fact]
    public async Task APeerThatResetsEndsTheSend()
    {
        var (servers, readers) = await ConnectReaders(1);
        await Fixture.Run(Channel, () => servers[0].SendPattern(0, 2 * Mebibyte));
        await UntilSending();
        readers[0].LingerState = new LingerOption(true, 0);
        readers[0].Dispose();
        await UntilClosed(servers[0]);
        Assert.Equal(CloseReason.PeerReset, servers[0].Reason);
    }

    [Fact]
    public async Task WithoutDescriptorsLargeRecordsAreCopied()
    {
        const int CopyingEvent = 109;
        var (servers, readers) = await ConnectReaders(2);
        using (var limit = Descriptors.Limit(3))
        {
            Require.Environment(limit is not null, "The limit of descriptors cannot be lowered.");
            await Fixture.Run(Channel, () => servers.ForEach(server => server.SendPattern(0, 100, Mebibyte)));
            await Fixture.Until(() => Fixture.Log.Count(CopyingEvent) > 0, "the failure to be told");
        }

        foreach (var reader in readers)
        {
            await ReadPattern(reader, 100 + Mebibyte);
            reader.Dispose();
        }

        Assert.Equal(0, TestFixture.Inner(Channel).RingCounters.FileSends);
        Assert.Equal(1, Fixture.Log.Count(CopyingEvent));
    }

    [Fact]
    public async Task WhatWasReceivedIsSentFromWhereItLies()
    {
        await using var engine = new RecordEngine(new IoUringBackend(Fixture.Options), new EngineOptions { Channels = 1 });
        var group = engine.CreateGroup("all");
        await using var listener = await engine.ListenAsync(Fixture.ListenEndPoint, Framers.LengthPrefixed(4), async connection =>
        {
            group.Add(connection);
            await foreach (var record in connection.ReadAllAsync())
            {
                group.Send(record);
                record.Dispose();
            }
        });
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint);
        var message = new byte[4 + (Mebibyte / 2)];
        Pattern.Fill(message, 0);
        (message[0], message[1], message[2], message[3]) = (0, 0x08, 0, 0);
        var sending = SendAll(client, message);
        var echo = new byte[message.Length];
        for (var count = 0; count < echo.Length;)
        {
            count += await client.ReceiveAsync(echo.AsMemory(count));
        }

        await sending;
        Assert.Equal(message, echo);
        Assert.True(TestFixture.Inner(engine.Channels[0]).RingCounters.FileSends > 0);
    }

    [Fact]
    public async Task ABrokenPipeIsAnErrorNotASignal()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(Fixture.ListenEndPoint);
        listener.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!);
        client.Shutdown(SocketShutdown.Send);
        var arena = new Arena();
        using var file = RecordFile.TryCreate(arena, out _)!;
        Assert.Equal(-Errno.BrokenPipe, file.Send((int)client.Handle, arena.Allocate(Mebibyte)));
    }

    // Its ring and its event.
    private const int DescriptorsOfChannel = 2;

    private static async Task SendAll(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }
    }

    private static async Task ReadPattern(Socket reader, int length)
    {
        var buffer = new byte[5000];
        for (var position = 0; position < length;)
        {
            var count = await reader.ReceiveAsync(buffer.AsMemory(0, Math.Min(buffer.Length, length - position)));
            Assert.NotEqual(0, count);
            Assert.Equal(-1, Pattern.FirstMismatch(buffer.AsSpan(0, count), position));
            position += count;
        }
    }

    private async Task UntilSending()
    {
        while (Channel.Counters.Sends == 0)
        {
            await Fixture.Run(Channel, static () => { });
        }
    }

    /// <summary>Connections to clients that do not read but as they are told, and have little room.</summary>
    private async Task<(List<RecordingHandler> Servers, List<Socket> Readers)> ConnectReaders(int count, TransportOptions? transport = null)
    {
        var acceptor = new RecordingAcceptor(Fixture);
        var listener = await Listen(acceptor, new ListenOptions { Transport = transport ?? new TransportOptions() });
        var readers = new List<Socket>();
        for (var index = 0; index < count; index++)
        {
            readers.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 8 * 1024 });
            await readers[index].ConnectAsync(listener.LocalEndPoint);
        }

        await Fixture.Until(() => acceptor.Count == count && acceptor.Handlers().All(handler => handler.IsConnected), "the connections");
        await Fixture.Run(Channel, listener.Close);
        return ([.. acceptor.Handlers()], readers);
    }
}
