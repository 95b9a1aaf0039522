using System.Buffers.Binary;
using Broadside.Conformance.Engine.Harness;

namespace Broadside.Conformance.Engine;

/// <summary>Records are found in a stream wherever it is cut; what is no record ends the connection, and costs little memory.</summary>
public abstract class FramingConformance<TFixture> : EngineTest<TFixture>
    where TFixture : BackendFixture, new()
{
    public static TheoryData<string> FramerNames => [.. FramerCases.All.Keys];

    [Theory]
    [MemberData(nameof(FramerNames))]
    public async Task RecordsAreFoundWhereverTheStreamIsCut(string name)
    {
        const int Records = 60;
        const int Seed = 20260201;
        var (framer, make) = FramerCases.All[name];
        var records = Enumerable.Range(0, Records).Select(make).ToArray();
        var stream = records.SelectMany(record => record).ToArray();
        var random = new Random(Seed);
        await Deliver(framer, stream, () => 1, records);
        await Deliver(framer, stream, () => random.Next(1, 400), records);
        await Deliver(framer, stream, () => stream.Length, records);
    }

    [Fact]
    public async Task RecordsOfSeveralExtentsArriveWhole()
    {
        var link = await Connect();
        int[] lengths = [(2 << 20) - 1, 2 << 20, (2 << 20) + 1, (4 << 20) + 3, 6_000_000];
        for (var number = 0; number < lengths.Length; number++)
        {
            using var record = NewRecord(0, number, lengths[number]);
            link.Connection.Send(record);
        }

        await Until(() => link.Client.Count == lengths.Length, "the records");
        Assert.Equal(lengths, link.Client.Received().Select(sent => sent.Length));
    }

    [Fact]
    public async Task TooLongRecordEndsTheConnection()
    {
        var (raw, handler) = await ConnectRaw(Framers.LengthPrefixed(4, maximumLength: 1_000));
        await SendRaw(raw, [0, 0, 0, 2, 1, 2, 0, 1, 0, 0]);
        await Until(() => handler.IsClosed && raw.IsClosed, "the end");
        Assert.Equal(CloseReason.InvalidFraming, handler.Reason);
        Assert.IsType<InvalidDataException>(handler.Error);
        Assert.Single(handler.Records());
        Assert.Equal(1, Fixture.Log.Count(303));
    }

    [Fact]
    public async Task LengthAnnouncedAndNeverSentCostsLittle()
    {
        const int Announced = 512 << 20;
        var prefix = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(prefix, Announced - 4);
        var (raw, handler) = await ConnectRaw(Framers.LengthPrefixed(4, maximumLength: Announced));
        await SendRaw(raw, [0, 0, 0, 1, 9, .. prefix, 1, 2, 3]);
        await Until(() => handler.Records().Length == 1, "the record before it");
        foreach (var channel in Engine.Channels)
        {
            await Fixture.Run(channel, () => { });
        }

        Assert.InRange(Engine.Arena.AllocatedBytes, 0, 4 << 20);
        await Fixture.Run(raw.Connection.Channel, () => raw.Abort());
        await Until(() => handler.IsClosed, "the end");
        Assert.Single(handler.Records());
    }

    [Fact]
    public async Task RecordCutOffByTheEndIsNotDelivered()
    {
        var (raw, handler) = await ConnectRaw(Wire.Framer);
        await SendRaw(raw, [.. Wire.Bytes(0, 0, 30), .. Wire.Bytes(0, 1, 30_000).AsSpan(0, 20_000)]);
        await Fixture.Run(raw.Connection.Channel, () => raw.Close());
        await Until(() => handler.IsClosed, "the end");
        Assert.Single(handler.Records());
    }

    private async Task Deliver(IRecordFramer framer, byte[] stream, Func<int> cut, byte[][] records)
    {
        var (raw, handler) = await ConnectRaw(framer);
        for (var position = 0; position < stream.Length;)
        {
            var length = Math.Min(cut(), stream.Length - position);
            await SendRaw(raw, stream[position..(position + length)]);
            position += length;
        }

        await Fixture.Run(raw.Connection.Channel, () => raw.Close());
        await Until(() => handler.IsClosed && raw.IsClosed, "the end");
        Assert.Equal(records, handler.Records());
    }

    /// <summary>A peer without records, on a channel of its own.</summary>
    private async Task<(RecordingHandler Raw, RawRecords Handler)> ConnectRaw(IRecordFramer framer)
    {
        var handler = new RawRecords(Fixture.Signal);
        var listener = await Listen(handler, framer: framer);
        var raw = new RecordingHandler(Fixture) { ChecksPattern = false };
        var channel = Engine.Channels[1];
        await Fixture.Run(channel, () => raw.Attach(channel.Connect(listener.LocalEndPoint, new ConnectOptions(), raw)));

        // The system connects before anybody accepts: a listener closed in between would reset the connection.
        await Until(() => raw.IsConnected && handler.IsConnected, "the raw connection");
        await Await(listener.StopAsync());
        return (raw, handler);
    }

    private async Task SendRaw(RecordingHandler raw, byte[] bytes)
    {
        var accepted = raw.AcceptedCount;
        var batch = new RawBatch(Engine.Arena, bytes);
        raw.WhenReleased = (_, released) => ((RawBatch)released).Free(Engine.Arena);
        var status = await Fixture.Run(raw.Connection.Channel, () => raw.Send(batch));
        if (status == SendStatus.Released)
        {
            batch.Free(Engine.Arena);
        }

        await Until(() => status != SendStatus.Pending || raw.AcceptedCount > accepted || raw.IsClosed, "the send to be accepted");
    }

    private sealed class RawBatch : SendBatch
    {
        private readonly Extent _extent;

        public RawBatch(Arena arena, byte[] bytes)
        {
            _extent = arena.Allocate(bytes.Length);
            bytes.CopyTo(_extent.Span);
            Add(_extent);
        }

        public void Free(Arena arena) => arena.Free(_extent);
    }

    private sealed class RawRecords(Action signal) : IRecordHandler
    {
        private readonly List<byte[]> _records = [];
        private volatile bool _connected;
        private volatile bool _closed;

        public bool IsConnected => _connected;

        public bool IsClosed => _closed;

        public CloseReason Reason { get; private set; }

        public Exception? Error { get; private set; }

        public byte[][] Records()
        {
            lock (_records)
            {
                return [.. _records];
            }
        }

        public void OnConnected(RecordConnection connection)
        {
            _connected = true;
            signal();
        }

        public void OnReceived(RecordConnection connection, ref RecordBatch records)
        {
            while (records.TryRead(out var record))
            {
                var copy = new byte[record.Length];
                record.CopyTo(copy);
                lock (_records)
                {
                    _records.Add(copy);
                }
            }

            signal();
        }

        public void OnPeerClosed(RecordConnection connection) => _ = connection.CloseAsync();

        public void OnClosed(RecordConnection connection, CloseReason reason, Exception? error)
        {
            (Reason, Error) = (reason, error);
            _closed = true;
            signal();
        }
    }
}
