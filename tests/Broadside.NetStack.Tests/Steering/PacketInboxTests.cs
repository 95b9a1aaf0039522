using Broadside.NetStack.Steering;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.NetStack.Tests.Steering;

public sealed class PacketInboxTests
{
    [Fact]
    public void Packets_come_out_as_from_a_queue_that_drops_what_has_no_room() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll<int[]>(steps =>
        {
            var inbox = new PacketInbox(4, 10, () => { });
            var expected = new Queue<byte[]>();
            var (isHolding, dropped) = (false, 0);
            foreach (var step in steps)
            {
                // A packet that was taken keeps its slot until the next is asked for.
                if (step > 0)
                {
                    var bytes = new byte[step % 12];
                    new Random(step).NextBytes(bytes);
                    var hasRoom = bytes.Length <= 10 && expected.Count + (isHolding ? 1 : 0) < 4;
                    Assert.Equal(hasRoom, Post(inbox, bytes));
                    if (hasRoom)
                    {
                        expected.Enqueue(bytes);
                    }

                    dropped += hasRoom ? 0 : 1;
                }
                else
                {
                    isHolding = inbox.TryTake(out var packet);
                    Assert.Equal(expected.TryDequeue(out var bytes), isHolding);
                    Assert.Equal(bytes ?? [], packet.Bytes.ToArray());
                }

                Assert.Equal((expected.Count == 0, dropped), (inbox.IsEmpty, inbox.Dropped));
            }
        }));

    [Fact]
    public void What_the_device_said_of_a_packet_comes_with_it()
    {
        var inbox = new PacketInbox(2, 100, () => { });
        Assert.True(inbox.TryPost(new() { Bytes = [1, 2], Validation = ChecksumValidation.Offloaded, SegmentSize = 1448, IsLinkGroup = true }));
        Assert.True(inbox.TryTake(out var packet));
        Assert.Equal([1, 2], packet.Bytes.ToArray());
        Assert.Equal((ChecksumValidation.Offloaded, 1448, true), (packet.Validation, packet.SegmentSize, packet.IsLinkGroup));
    }

    [Fact]
    public void Only_a_reader_that_sleeps_is_woken()
    {
        var woken = 0;
        var inbox = new PacketInbox(8, 10, () => woken++);
        Post(inbox, [1]);
        inbox.Notify();
        Assert.Equal(0, woken);
        Assert.False(inbox.TryBeginWait());
        Assert.True(inbox.TryTake(out _));
        Assert.True(inbox.TryBeginWait());
        inbox.Notify();
        Assert.Equal(1, woken);
        inbox.EndWait();
        inbox.Notify();
        Assert.Equal(1, woken);
    }

    [Fact]
    public async Task Packets_of_several_threads_arrive_whole_and_in_each_ones_order()
    {
        const int Writers = 3;
        const int Each = 50_000;
        using var awake = new SemaphoreSlim(0);
        var inbox = new PacketInbox(64, 128, () => awake.Release());
        var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(() => Write(inbox, writer, Each))).ToArray();
        var done = Task.WhenAll(writers);
        _ = done.ContinueWith(_ => awake.Release(), TaskScheduler.Default);
        var next = new int[Writers];
        var received = 0L;
        while (true)
        {
            var isOver = done.IsCompleted;
            while (inbox.TryTake(out var packet))
            {
                received++;
                AssertWhole(packet.Bytes, next);
            }

            if (isOver)
            {
                break;
            }

            if (inbox.TryBeginWait())
            {
                Assert.True(await awake.WaitAsync(TimeSpan.FromSeconds(30)), "A packet lies there and nobody woke the reader.");
                inbox.EndWait();
            }
        }

        Assert.True(received > 0);
        Assert.Equal((long)Writers * Each, received + inbox.Dropped);
    }

    private static bool Post(PacketInbox inbox, byte[] bytes) => inbox.TryPost(new() { Bytes = bytes });

    private static void Write(PacketInbox inbox, int writer, int count)
    {
        Span<byte> bytes = stackalloc byte[128];
        for (var number = 0; number < count; number++)
        {
            var length = 8 + (number % 120);
            bytes[..length].Fill((byte)number);
            bytes.WriteUInt32(0, (uint)writer);
            bytes.WriteUInt32(4, (uint)number);
            inbox.TryPost(new() { Bytes = bytes[..length] });
            inbox.Notify();
        }
    }

    private static void AssertWhole(ReadOnlySpan<byte> bytes, int[] next)
    {
        var (writer, number) = ((int)bytes.ReadUInt32(0), (int)bytes.ReadUInt32(4));
        Assert.True(number >= next[writer], "Out of order.");
        next[writer] = number + 1;
        Assert.Equal(8 + (number % 120), bytes.Length);
        Assert.Equal(-1, bytes[8..].IndexOfAnyExcept((byte)number));
    }
}
