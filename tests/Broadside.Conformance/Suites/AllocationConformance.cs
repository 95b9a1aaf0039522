namespace Broadside.Conformance.Suites;

/// <summary>What happens for every message allocates nothing once warm.</summary>
public abstract class AllocationConformance<TFixture> : ConformanceTest<TFixture>
    where TFixture : BackendFixture, new()
{
    private const int Warmup = 3000;
    private const int Measured = 10_000;
    private const int MessageLength = 100;

    [Fact]
    public async Task EchoAllocatesNothing()
    {
        Assert.SkipUnless(IsOptimized, "Measured in Release builds only.");
        Require.Capability(Fixture.RunsOnThreads, "The channel has no thread of its own to measure.");
        using var echo = new Echo(Fixture, null);
        var listener = await Listen(new SingleAcceptor(echo));
        using var client = new Echo(Fixture, Warmup + Measured);
        await Fixture.Run(Channel, () => Channel.Connect(listener.LocalEndPoint, new ConnectOptions(), client));
        await Fixture.Until(() => client.IsDone, "the echoes");
        await Fixture.Stop(Channel);
        Assert.Equal(0, client.Allocated);
    }

    [Fact]
    public async Task DatagramEchoAllocatesNothing()
    {
        Assert.SkipUnless(IsOptimized, "Measured in Release builds only.");
        Require.Capability(Fixture.RunsOnThreads && Fixture.HasDatagrams, "The channel has no thread of its own to measure.");
        var echo = new DatagramEcho(Fixture, null);
        var client = new DatagramEcho(Fixture, Warmup + Measured);
        await Fixture.Run(Channel, () =>
        {
            var server = Channel.BindDatagram(Fixture.ListenEndPoint, new DatagramOptions(), echo);
            var socket = Channel.BindDatagram(Fixture.ListenEndPoint, new DatagramOptions(), client);
            Assert.True(socket.TrySend(new byte[100], server.LocalEndPoint.Serialize()));
        });
        await Fixture.Until(() => client.IsDone, "the echoes");
        await Fixture.Stop(Channel);

        // A framework may allocate now and then, when a datagram comes just as the wait for it begins; not for each.
        Assert.True(client.Allocated < Measured, $"{client.Allocated} bytes in {Measured} datagrams");
    }

    private static bool IsOptimized
    {
        get
        {
#if DEBUG
            return false;
#else
            return true;
#endif
        }
    }

    private sealed class SingleAcceptor(IConnectionHandler handler) : IConnectionAcceptor
    {
        public IConnectionHandler? OnAccepted(ChannelConnection connection) => handler;
    }

    /// <summary>Counts bytes the channel's thread allocates between the end of the warm-up and the last message.</summary>
    private sealed class Meter(BackendFixture fixture, int? messages)
    {
        private long _atStart;
        private int _count;
        private volatile bool _done;

        public bool IsDone => _done;

        public long Allocated { get; private set; }

        /// <summary>False when there were enough.</summary>
        public bool Count()
        {
            _count++;
            if (_count == Warmup)
            {
                _atStart = GC.GetAllocatedBytesForCurrentThread();
            }

            if (_count != messages)
            {
                return true;
            }

            Allocated = GC.GetAllocatedBytesForCurrentThread() - _atStart;
            _done = true;
            fixture.Signal();
            return false;
        }
    }

    private sealed class Echo : IConnectionHandler, IDisposable
    {
        private readonly BackendFixture _fixture;
        private readonly Meter _meter;
        private readonly bool _begins;
        private readonly Extent _payload;
        private readonly SendBatch _batch = new();
        private ChannelConnection _connection = null!;
        private int _received;

        public Echo(BackendFixture fixture, int? messages)
        {
            _fixture = fixture;
            _meter = new Meter(fixture, messages);
            _begins = messages is not null;
            _payload = fixture.Arena.Allocate(MessageLength);
            _batch.Add(_payload);
        }

        public bool IsDone => _meter.IsDone;

        public long Allocated => _meter.Allocated;

        public void Dispose() => _fixture.Arena.Free(_payload);

        public void OnConnected(ChannelConnection connection)
        {
            _connection = connection;
            if (_begins)
            {
                connection.Send(_batch);
            }
        }

        public void OnReceived(ReceivedSegment segment)
        {
            // A transport may cut a message in two.
            _received += segment.Extent.Length;
            if (_received < MessageLength)
            {
                return;
            }

            _received = 0;
            if (_meter.Count())
            {
                _connection.Send(_batch);
            }
        }

        public void OnExtentReceived(Extent extent)
        {
        }

        public void OnSendAccepted(SendBatch batch)
        {
        }

        public void OnSendReleased(SendBatch batch)
        {
        }

        public void OnPeerClosed()
        {
        }

        public void OnClosed(CloseReason reason, Exception? error)
        {
        }
    }

    private sealed class DatagramEcho(BackendFixture fixture, int? messages) : IDatagramHandler
    {
        private readonly Meter _meter = new(fixture, messages);

        public bool IsDone => _meter.IsDone;

        public long Allocated => _meter.Allocated;

        public void OnReceived(ChannelDatagramSocket socket, ReadOnlySpan<ReceivedDatagram> batch)
        {
            foreach (var datagram in batch)
            {
                if (_meter.Count())
                {
                    socket.TrySend(datagram.Bytes.Span, datagram.From);
                }
            }
        }

        public void OnClosed(Exception? error)
        {
        }
    }
}
