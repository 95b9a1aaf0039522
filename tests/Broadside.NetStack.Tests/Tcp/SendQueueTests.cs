using Broadside.Channels;
using Broadside.NetStack.Tcp;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.NetStack.Tests.Tcp;

public sealed class SendQueueTests
{
    /// <summary>Any part of what was queued and not acknowledged can be named, in any order, as it was given.</summary>
    [Fact]
    public void It_names_any_part_of_the_stream() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), Check).QuickCheckThrowOnFailure();

    private static void Check(int seed)
    {
        var arena = new Arena(new ArenaOptions { Diagnostics = true });
        var random = new Random(seed);
        var queue = new SendQueue();
        var stream = new List<byte>();
        var held = new List<(SendBatch Batch, long End)>();
        for (var step = 0; step < 60; step++)
        {
            switch (random.Next(4))
            {
                case 0:
                    var batch = Batch(arena, random, stream);
                    queue.Append(batch);
                    held.Add((batch, stream.Count));
                    break;
                case 1 when stream.Count > queue.Acknowledged:
                    queue.Acknowledge(random.NextInt64(queue.Acknowledged, stream.Count + 1));
                    Release(arena, queue, held, isGivenUp: false);
                    break;
                case > 1 when stream.Count > queue.Acknowledged:
                    Compare(queue, stream, random);
                    break;
            }
        }

        Release(arena, queue, held, isGivenUp: true);
        Assert.Empty(held);
        Assert.Empty(arena.Outstanding());
    }

    private static void Compare(SendQueue queue, List<byte> stream, Random random)
    {
        var position = random.NextInt64(queue.Acknowledged, stream.Count);
        var length = random.Next(1, (int)(stream.Count - position) + 1);
        var extents = new Extent[random.Next(1, 6)];
        var gathered = queue.Gather(position, length, extents, out var count, out _);
        Assert.True(gathered == length || count == extents.Length);
        var bytes = extents[..count].SelectMany(extent => extent.Span.ToArray()).ToArray();
        Assert.Equal(stream.Skip((int)position).Take(gathered), bytes);
    }

    private static void Release(Arena arena, SendQueue queue, List<(SendBatch Batch, long End)> held, bool isGivenUp)
    {
        while (queue.TryRelease(isGivenUp, out var batch))
        {
            Assert.Same(held[0].Batch, batch);
            Assert.True(isGivenUp || held[0].End <= queue.Acknowledged);
            held.RemoveAt(0);
            foreach (var extent in batch.Extents)
            {
                arena.Free(extent);
            }
        }

        Assert.True(held.Count == 0 || held[0].End > queue.Acknowledged);
    }

    private static SendBatch Batch(Arena arena, Random random, List<byte> stream)
    {
        var batch = new SendBatch();
        for (var count = random.Next(1, 5); count > 0; count--)
        {
            var extent = arena.Allocate(random.Next(1, 300));
            random.NextBytes(extent.Span);
            stream.AddRange(extent.Span);
            batch.Add(extent);
        }

        return batch;
    }
}
