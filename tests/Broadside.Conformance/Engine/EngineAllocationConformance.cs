using Broadside.Conformance.Engine.Harness;

namespace Broadside.Conformance.Engine;

/// <summary>Receiving, sending to a group and delivering allocate nothing once warm, in either style.</summary>
public abstract class EngineAllocationConformance<TFixture> : EngineTest<TFixture>
    where TFixture : BackendFixture, new()
{
    private const int Warmup = 4_000;
    private const int Measured = 10_000;

    [Theory]
    [InlineData(100, true)]
    [InlineData(100, false)]
    [InlineData(20_000, true)]
    [InlineData(20_000, false)]
    [InlineData(200_000, true)]
    public async Task SteadyStateAllocatesNothing(int length, bool handlerStyle)
    {
        Assert.SkipUnless(IsOptimized, "Measured in Release builds only.");
        Require.Capability(Fixture.RunsOnThreads, "The channel has no thread of its own to measure.");
        var engine = new RecordEngine(Fixture.Backend, new EngineOptions { Channels = 1, Scheduling = ContinuationScheduling.Inline });
        var group = engine.CreateGroup("echo");
        var client = new Meter(Fixture.Signal);
        var listener = handlerStyle
            ? await Await(engine.ListenAsync(Fixture.ListenEndPoint, Wire.Framer, new Echo(group)))
            : await Await(engine.ListenAsync(Fixture.ListenEndPoint, Wire.Framer, connection => EchoAsync(group, connection)));
        var connection = await Await(engine.ConnectAsync(listener.LocalEndPoint, Wire.Framer, client));
        connection.TrySend(Wire.Bytes(0, 0, length), out _);
        await Until(() => client.IsDone, "the echoes");
        await Await(engine.StopAsync(TimeSpan.Zero));

        // Now and then a tick lets go of something that the next record makes anew; nothing is allocated for each.
        Assert.InRange(client.Allocated, 0, Measured / 50);
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

    private static async Task EchoAsync(RecordGroup group, RecordConnection connection)
    {
        group.Add(connection);
        while (await connection.WaitToReadAsync())
        {
            while (connection.TryRead(out var record))
            {
                group.Send(record);
                record.Dispose();
            }
        }
    }

    private sealed class Echo(RecordGroup group) : IRecordHandler
    {
        public void OnConnected(RecordConnection connection) => group.Add(connection);

        public void OnReceived(RecordConnection connection, ref RecordBatch records)
        {
            while (records.TryRead(out var received))
            {
                using var record = received.ToRecord();
                group.Send(record);
            }
        }

        public void OnPeerClosed(RecordConnection connection)
        {
        }

        public void OnClosed(RecordConnection connection, CloseReason reason, Exception? error)
        {
        }
    }

    /// <summary>Sends what arrives back, and counts what the channel's thread allocates meanwhile: both ends are on it.</summary>
    private sealed class Meter(Action signal) : IRecordHandler
    {
        private long _atStart;
        private int _count;
        private volatile bool _done;

        public bool IsDone => _done;

        public long Allocated { get; private set; }

        public void OnConnected(RecordConnection connection)
        {
        }

        public void OnReceived(RecordConnection connection, ref RecordBatch records)
        {
            while (records.TryRead(out var received))
            {
                _count++;
                if (_count == Warmup)
                {
                    _atStart = GC.GetAllocatedBytesForCurrentThread();
                }
                else if (_count == Warmup + Measured)
                {
                    Allocated = GC.GetAllocatedBytesForCurrentThread() - _atStart;
                    _done = true;
                    signal();
                    return;
                }

                using var record = received.ToRecord();
                connection.TrySend(record, out _);
            }
        }

        public void OnPeerClosed(RecordConnection connection)
        {
        }

        public void OnClosed(RecordConnection connection, CloseReason reason, Exception? error)
        {
        }
    }
}
