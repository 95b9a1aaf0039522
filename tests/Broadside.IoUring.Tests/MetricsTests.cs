namespace Broadside.IoUring.Tests;

/// <summary>What an engine on rings publishes of them.</summary>
public sealed class MetricsTests
{
    public MetricsTests() => Require.Environment(IoUringBackend.IsSupported(out var reason), reason);

    [Fact]
    public async Task TheRingsFiguresAreInstruments()
    {
        const int Length = 1 << 20;
        using var meter = new MeterReader();
        var backend = new IoUringBackend(new IoUringOptions { ZeroCopy = ZeroCopyPolicy.Memory });
        await using (var engine = new RecordEngine(backend, new EngineOptions { Channels = 2 }))
        {
            var framer = Framers.LengthPrefixed(4, maximumLength: Length);
            await using var listener = await engine.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), framer, Echo);
            var connection = await engine.ConnectAsync(listener.LocalEndPoint, framer);
            using (var record = Record.Create(engine.Arena, Message(Length)))
            {
                connection.Send(record);
            }

            using (await connection.ReceiveAsync())
            {
                Assert.InRange(meter.Read("broadside.iouring.receive_buffers") ?? 0, 1, 1000);
            }

            for (var channel = 0; channel < 2; channel++)
            {
                Assert.InRange(meter.Read("broadside.iouring.enters", channel) ?? 0, 1, long.MaxValue);
                Assert.InRange(meter.Read("broadside.iouring.submissions", channel) ?? 0, 1, long.MaxValue);
                Assert.InRange(meter.Read("broadside.iouring.completions", channel) ?? 0, 1, long.MaxValue);
            }

            // Over loopback the kernel copies at delivery, and says so with the release, which may come after the record.
            var sends = meter.Read("broadside.iouring.zero_copy_sends") ?? 0;
            Assert.InRange(sends, 2, long.MaxValue);
            Assert.InRange(meter.Read("broadside.iouring.zero_copy_copied") ?? -1, 0, sends);
            Assert.Equal(0, meter.Read("broadside.iouring.overflows"));
        }
    }

    private static async Task Echo(RecordConnection connection)
    {
        await foreach (var record in connection.ReadAllAsync())
        {
            using (record)
            {
                connection.Send(record);
            }
        }
    }

    private static byte[] Message(int length)
    {
        var message = new byte[length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(message, length - 4);
        return message;
    }
}
