using Broadside.Channels;
using Broadside.Groups;
using Broadside.NetStack.Tcp;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.NetStack.Tests.Tcp;

public sealed class ExtentSumTests
{
    private const int ChunkSize = 256;

    private readonly Arena _arena = new(new ArenaOptions { MaximumBytes = Block.Size });
    private readonly Random _random = new(21);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sums_of_all_parts_are_those_of_their_bytes(bool zeros)
    {
        var extent = _arena.Allocate(5 * ChunkSize);
        if (zeros)
        {
            extent.Span.Clear();
        }
        else
        {
            _random.NextBytes(extent.Span);
        }

        for (var start = 0; start < extent.Length; start += 1 + _random.Next(5))
        {
            for (var length = 0; length <= extent.Length - start; length += 1 + _random.Next(5))
            {
                AssertSum(extent.Slice(start, length));
            }
        }
    }

    [Fact]
    public void Whole_chunks_are_read_once()
    {
        var extent = _arena.Allocate(4 * ChunkSize);
        _random.NextBytes(extent.Span);
        var before = ExtentSums.OfStored(extent);

        // Nobody may do this; it shows where the sum comes from.
        extent.Span[ChunkSize] ^= 0x55;
        Assert.Equal(before, ExtentSums.OfStored(extent));
        AssertSum(extent.Slice(ChunkSize + 1, ChunkSize));
    }

    [Fact]
    public void Bytes_that_may_change_are_read_each_time()
    {
        var extent = _arena.Allocate(64 * 1024);
        _random.NextBytes(extent.Span);
        var before = ExtentSums.Of(extent, areBytesFinal: true);
        extent.Span[ChunkSize] ^= 0x55;
        Assert.Equal(before, ExtentSums.Of(extent, areBytesFinal: true));
        Assert.Equal(PayloadSum.Of(extent.Span), ExtentSums.Of(extent, areBytesFinal: false));
        Assert.False(new SendBatch().AreBytesFinal);
        Assert.True(new BoundBatch().AreBytesFinal);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(384)]
    [InlineData(2_048)]
    [InlineData(5_000)]
    [InlineData(64 * 1024)]
    public void Freed_memory_is_summed_anew(int length)
    {
        for (var round = 0; round < 20; round++)
        {
            var extents = Enumerable.Range(0, 10).Select(_ => _arena.Allocate(length)).ToArray();
            foreach (var extent in extents)
            {
                _random.NextBytes(extent.Span);
                AssertSum(extent);
            }

            _random.Shuffle(extents);
            Array.ForEach(extents, _arena.Free);
        }
    }

    [Fact]
    public void A_chunk_that_two_allocations_share_is_forgotten_with_either()
    {
        // Slots of 384 bytes, so that every other border lies inside a chunk. A record of two such extents is sent as one.
        for (var round = 0; round < 20; round++)
        {
            var extents = Enumerable.Range(0, 8).Select(_ => _arena.Allocate(384)).ToArray();
            Array.ForEach(extents, extent => _random.NextBytes(extent.Span));
            foreach (var (first, second) in extents.Zip(extents[1..]))
            {
                if (second.Offset == first.Offset + 384)
                {
                    AssertSum(new(first.Block, first.Offset, 768));
                }
            }

            Array.ForEach(extents, _arena.Free);
        }
    }

    [Fact]
    public void A_receive_buffer_that_is_filled_anew_is_summed_anew()
    {
        var buffer = SharedBuffer.Rent(_arena, 4_096);
        for (var round = 0; round < 5; round++)
        {
            Assert.True(buffer.TryReclaim());
            _random.NextBytes(buffer.Extent.Span);
            buffer.AddReference();
            AssertSum(buffer.Extent);
            Assert.False(buffer.TryReclaim());
            buffer.Release();
        }

        buffer.Release();
    }

    [Fact]
    public void Sums_stay_right_while_memory_comes_and_goes_and_logs_grow() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(300), Prop.ForAll<int[]>(seeds =>
        {
            var run = new MemoryRun(new Arena(new ArenaOptions { MaximumBytes = Block.Size }));
            foreach (var seed in seeds)
            {
                run.Step(new Random(seed));
            }
        }));

    [Fact]
    public async Task Readers_on_several_threads_find_right_sums_while_memory_is_reused()
    {
        var places = Enumerable.Range(0, 16).Select(_ => new Place(Filled(_random))).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var round = 0; round < 20_000; round++)
            {
                var place = places[random.Next(places.Length)];
                if (random.Next(8) == 0)
                {
                    place.Exchange(Filled(random)).Release();
                    continue;
                }

                var buffer = place.Take();
                var start = random.Next(buffer.Extent.Length);
                AssertSum(buffer.Extent.Slice(start, random.Next(buffer.Extent.Length - start)));
                buffer.Release();
            }
        })));
        Array.ForEach(places, place => place.Take().Release());
    }

    private static void AssertSum(Extent extent)
    {
        var direct = PayloadSum.Of(extent.Span);
        var sum = ExtentSums.OfStored(extent);
        Assert.Equal(direct.Length, sum.Length);
        Assert.Equal(direct.Sum.Value % ushort.MaxValue, sum.Sum.Value % ushort.MaxValue);
    }

    private SharedBuffer Filled(Random random)
    {
        var buffer = SharedBuffer.Rent(_arena, random.Next(1, 20_000));
        random.NextBytes(buffer.Extent.Span);
        return buffer;
    }

    /// <summary>A buffer that others may take a reference of.</summary>
    private sealed class Place(SharedBuffer buffer)
    {
        private readonly Lock _gate = new();
        private SharedBuffer _buffer = buffer;

        public SharedBuffer Take()
        {
            lock (_gate)
            {
                _buffer.AddReference();
                return _buffer;
            }
        }

        public SharedBuffer Exchange(SharedBuffer next)
        {
            lock (_gate)
            {
                (_buffer, next) = (next, _buffer);
                return next;
            }
        }
    }

    /// <summary>Allocations, of which each has bytes up to some place: all of a record's, those appended so far of a log's.</summary>
    private sealed class MemoryRun(Arena arena)
    {
        private readonly List<(Extent Extent, int Used)> _held = [];

        public void Step(Random random)
        {
            var index = random.Next(_held.Count + 1);
            if (index == _held.Count)
            {
                if (arena.TryAllocate(random.Next(1, random.Next(2) == 0 ? 3_000 : 100_000), out var extent))
                {
                    _held.Add((extent, 0));
                }
            }
            else if (random.Next(4) == 0)
            {
                arena.Free(_held[index].Extent);
                _held.RemoveAt(index);
            }
            else
            {
                var (extent, used) = _held[index];
                var more = random.Next(extent.Length - used + 1);
                random.NextBytes(extent.Span.Slice(used, more));
                _held[index] = (extent, used + more);
            }

            foreach (var (extent, used) in _held)
            {
                var start = random.Next(used + 1);
                AssertSum(extent.Slice(start, random.Next(used - start + 1)));
            }
        }
    }
}
