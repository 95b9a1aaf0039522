using Broadside.NetStack.Steering;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.NetStack.Tests.Steering;

public sealed class PacketRingTests
{
    [Fact]
    public void Packets_come_out_as_from_a_queue() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll<int[]>(steps =>
        {
            var ring = new PacketRing(512);
            var expected = new Queue<byte[]>();
            foreach (var step in steps)
            {
                if (step > 0)
                {
                    var bytes = new byte[step * 7 % 150];
                    new Random(step).NextBytes(bytes);
                    if (TryPost(ring, bytes))
                    {
                        expected.Enqueue(bytes);
                    }
                    else
                    {
                        Assert.NotEmpty(expected);
                    }
                }
                else
                {
                    Assert.Equal(expected.TryDequeue(out var bytes), TryTake(ring, out var taken));
                    Assert.Equal(bytes ?? [], taken);
                }

                Assert.Equal(expected.Count == 0, ring.IsEmpty);
            }
        }));

    [Fact]
    public void What_was_said_of_a_packet_comes_with_it()
    {
        var ring = new PacketRing(512);
        Assert.True(ring.TryReserve(2, out var bytes));
        bytes[0] = bytes[1] = 7;
        ring.Commit(ChecksumValidation.Offloaded, 1448, headersLength: 1);
        Assert.True(ring.TryPeek(out var packet));
        Assert.Equal((1448, 1), (packet.SegmentSize, packet.HeadersLength));
        var frame = packet.Received;
        Assert.Equal([7, 7], frame.Bytes.ToArray());
        Assert.Equal((ChecksumValidation.Offloaded, 1448), (frame.Validation, frame.SegmentSize));
    }

    [Fact]
    public void Room_is_given_back_by_a_release_only()
    {
        var ring = new PacketRing(256);
        Assert.True(TryPost(ring, new byte[200]));
        Assert.False(ring.HasRoom(100));
        Assert.True(ring.TryPeek(out _));
        ring.Take();
        Assert.False(ring.HasRoom(100));
        ring.Release();
        Assert.True(ring.HasRoom(100));
    }

    [Fact]
    public async Task Packets_of_another_thread_arrive_whole_and_in_order()
    {
        const int Count = 200_000;
        using var awake = new SemaphoreSlim(0);
        var ring = new PacketRing(8192);
        var bell = new Doorbell(() => awake.Release());
        var writer = Task.Run(() => Write(ring, bell, Count));
        for (var number = 0; number < Count;)
        {
            if (TryTake(ring, out var bytes))
            {
                Assert.Equal(number % 250, bytes.Length);
                Assert.Equal(-1, bytes.AsSpan().IndexOfAnyExcept((byte)number));
                number++;
                continue;
            }

            bell.BeginWait();
            Assert.True(!ring.IsEmpty || await awake.WaitAsync(TimeSpan.FromSeconds(30)), "A packet lies there and nobody woke the reader.");
            bell.EndWait();
        }

        await writer;
    }

    private static void Write(PacketRing ring, Doorbell bell, int count)
    {
        for (var number = 0; number < count; number++)
        {
            Span<byte> bytes;
            while (!ring.TryReserve(number % 250, out bytes))
            {
                Thread.Yield();
            }

            bytes.Fill((byte)number);
            ring.Commit(ChecksumValidation.Software);
            bell.Ring();
        }
    }

    private static bool TryPost(PacketRing ring, byte[] bytes)
    {
        if (!ring.TryReserve(bytes.Length, out var room))
        {
            return false;
        }

        bytes.CopyTo(room);
        ring.Commit(ChecksumValidation.Software);
        return true;
    }

    private static bool TryTake(PacketRing ring, out byte[] bytes)
    {
        bytes = [];
        if (!ring.TryPeek(out var packet))
        {
            return false;
        }

        bytes = packet.Bytes.ToArray();
        ring.Take();
        ring.Release();
        return true;
    }
}
