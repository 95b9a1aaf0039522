using System.Buffers.Binary;
using System.Text;
using Broadside.Conformance.Engine.Harness;

namespace Broadside.Conformance.Engine;

/// <summary>Records are found in a stream wherever it is cut; what is no record ends the connection, and costs little memory.</summary>
public abstract class FramingConformance<TFixture> : EngineTest<TFixture>
    where TFixture : BackendFixture, new()
{
    public static TheoryData<string> FramerNames => [.. Cases.Keys];

    private static Dictionary<string, (IRecordFramer Framer, Func<int, byte[]> Make)> Cases { get; } = new()
    {
        ["length 1"] = (Framers.LengthPrefixed(1), number => [(byte)(number % 200), .. Fill(number % 200)]),
        ["length 2 little endian"] = (Framers.LengthPrefixed(2, littleEndian: true), number => [(byte)number, 1, .. Fill(256 + (byte)number)]),
        ["length 4"] = (Framers.LengthPrefixed(4), number => Prefixed(number * 7)),
        ["length 8, counted"] = (Framers.LengthPrefixed(8, lengthIncludesPrefix: true), number => [0, 0, 0, 0, 0, 0, 0, (byte)(8 + number), .. Fill(number)]),
        ["varint"] = (Framers.VarintPrefixed(), number => [(byte)(0x80 | number), 2, .. Fill(256 + number)]),
        ["lines"] = (Framers.Lines(), number => Encoding.ASCII.GetBytes($"line {new string('x', number * 11)}\r\n")),
        ["delimiter"] = (Framers.Delimited("--end--"u8), number => Encoding.ASCII.GetBytes($"{new string('-', number)}e--end-{number}--end--")),
        ["fixed"] = (Framers.FixedSize(333), _ => Fill(333)),
        ["resp"] = (Framers.Resp(), number => Encoding.ASCII.GetBytes($"*2\r\n$3\r\nfoo\r\n${number}\r\n{new string('y', number)}\r\n")),
        ["commands"] = (Framers.RespCommands(), number => Encoding.ASCII.GetBytes($"*2\r\n$4\r\nECHO\r\n${number}\r\n{new string('z', number)}\r\n")),
    };

    [Theory]
    [MemberData(nameof(FramerNames))]
    public async Task RecordsAreFoundWhereverTheStreamIsCut(string name)
    {
        const int Records = 60;
        const int Seed = 20260201;
        var (framer, make) = Cases[name];
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
        await SendRaw(raw, [.. prefix, 1, 2, 3]);
        await Until(() => Engine.Channels.Sum(channel => channel.Counters.ReceivedBytes) >= 7, "the bytes");
        await Fixture.Run(Engine.Channels[0], () => { });
        await Fixture.Run(Engine.Channels[1], () => { });
        Assert.InRange(Engine.Arena.AllocatedBytes, 0, 4 << 20);
        await Fixture.Run(raw.Connection.Channel, () => raw.Abort());
        await Until(() => handler.IsClosed, "the end");
        Assert.Empty(handler.Records());
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

    private static byte[] Fill(int length)
    {
        var bytes = new byte[length];
        Pattern.Fill(bytes, length);
        return bytes;
    }

    private static byte[] Prefixed(int length)
    {
        var record = new byte[4 + length];
        BinaryPrimitives.WriteInt32BigEndian(record, length);
        return record;
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
        await Until(() => raw.IsConnected, "the raw connection");
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
        private volatile bool _closed;

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
