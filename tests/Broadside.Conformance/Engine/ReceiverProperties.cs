using Broadside.Conformance.Engine.Harness;
using Broadside.Connections;
using Broadside.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broadside.Conformance.Engine;

/// <summary>Receiving without a transport in between: every cut of every stream, with records left unread and read again.</summary>
public sealed class ReceiverProperties
{
    private const int Rounds = 60;
    private const int Records = 30;
    private const int BufferLength = 64 * 1024;

    public static TheoryData<string> FramerNames => [.. FramerCases.All.Keys, "large"];

    [Theory]
    [MemberData(nameof(FramerNames))]
    public void RecordsAreFoundWhateverTheCutsAndPauses(string name)
    {
        var (framer, make) = FramerCases.All.TryGetValue(name, out var found) ? found : (Wire.Framer, Large);
        var arena = new Arena();
        for (var seed = 1; seed <= Rounds; seed++)
        {
            var random = new Random(seed);
            var records = Enumerable.Range(0, Records).Select(_ => make(random.Next(100))).ToArray();
            var received = Receive(arena, framer, [.. records.SelectMany(record => record)], random);
            Assert.True(records.Length == received.Count && records.Zip(received).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)), $"Seed {seed} fails.");
        }

        Assert.Equal(0, arena.AllocatedBytes);
    }

    private static byte[] Large(int number) => Wire.Bytes(0, number, Wire.HeaderLength + (number * number * 40));

    private static List<byte[]> Receive(Arena arena, IRecordFramer framer, byte[] stream, Random random)
    {
        using var network = new SimulatedNetwork();
        var channel = network.CreateChannel(new ChannelSettings(0, arena, NullLogger.Instance, TimeProvider.System));
        var core = new EngineCore(arena, network.TimeProvider, NullLogger.Instance, ContinuationScheduling.Inline);
        var reader = new Reader(random);
        var connection = new RecordConnection(new ChannelHost(core, channel), new ConnectionSettings(framer, reader, new ConnectionOptions()));
        var transport = new Transport(channel);
        IConnectionHandler events = connection;
        events.OnConnected(transport);
        var longest = random.Next(3) switch { 0 => 3, 1 => 700, _ => BufferLength };
        for (var position = 0; position < stream.Length || transport.IsPaused;)
        {
            if (transport.IsPaused && (position == stream.Length || random.Next(3) > 0))
            {
                connection.Resume(HoldReasons.Unread);
                continue;
            }

            // Bytes that were on their way may come in spite of a pause.
            position += Deliver(arena, events, transport, stream.AsSpan(position), random.Next(1, longest + 1));
        }

        events.OnClosed(CloseReason.Closed, null);
        return reader.Received;
    }

    private static int Deliver(Arena arena, IConnectionHandler events, Transport transport, ReadOnlySpan<byte> bytes, int wanted)
    {
        var length = Math.Min(wanted, bytes.Length);
        if (!transport.Into.IsEmpty)
        {
            return transport.Fill(bytes[..length], events);
        }

        var buffer = SharedBuffer.Rent(arena, BufferLength);
        bytes[..length].CopyTo(buffer.Extent.Span);
        events.OnReceived(new ReceivedSegment(buffer, 0, length));
        if (!buffer.IsShared)
        {
            // As a channel's next receive would.
            buffer.Extent.Span[..length].Fill(0xDD);
        }

        buffer.Release();
        return length;
    }

    private sealed class Reader(Random random) : IRecordHandler
    {
        public List<byte[]> Received { get; } = [];

        public void OnConnected(RecordConnection connection)
        {
        }

        public void OnReceived(RecordConnection connection, ref RecordBatch records)
        {
            while (random.Next(8) > 0 && records.TryRead(out var record))
            {
                var copy = new byte[record.Length];
                record.CopyTo(copy);
                Received.Add(copy);
                using var kept = record.ToRecord();
                Assert.Equal(copy, kept.ToArray());
            }
        }

        public void OnPeerClosed(RecordConnection connection)
        {
        }

        public void OnClosed(RecordConnection connection, CloseReason reason, Exception? error)
        {
        }
    }

    /// <summary>Only notes what is asked of it.</summary>
    private sealed class Transport(IoChannel channel) : ChannelConnection(channel)
    {
        private int _filled;

        public override EndPoint? LocalEndPoint => null;

        public override EndPoint? RemoteEndPoint => null;

        public bool IsPaused { get; private set; }

        public Extent Into { get; private set; }

        public int Fill(ReadOnlySpan<byte> bytes, IConnectionHandler events)
        {
            var length = Math.Min(bytes.Length, Into.Length - _filled);
            bytes[..length].CopyTo(Into.Span[_filled..]);
            _filled += length;
            if (_filled == Into.Length)
            {
                var full = Into;
                Into = default;
                events.OnExtentReceived(full);
            }

            return length;
        }

        public override SendStatus Send(SendBatch batch) => SendStatus.Released;

        public override void PauseReceive() => IsPaused = true;

        public override void ResumeReceive() => IsPaused = false;

        public override void ReceiveInto(Extent extent) => (Into, _filled) = (extent, 0);

        public override void ShutdownSend()
        {
        }

        public override void Close()
        {
        }

        public override void Abort(CloseReason reason = CloseReason.Aborted, Exception? error = null) =>
            Assert.Fail($"The connection was reset: {reason} {error?.Message}");
    }
}
