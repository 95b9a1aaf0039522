using System.Buffers;
using Broadside.Records;
using Broadside.Tests.Framing;

namespace Broadside.Tests.Records;

public sealed class RecordTests
{
    private readonly Arena _arena = new(new ArenaOptions { Diagnostics = true });

    [Fact]
    public void A_record_holds_a_copy()
    {
        var bytes = "hello"u8.ToArray();
        using var record = Record.Create(_arena, bytes);
        bytes[0] = (byte)'j';
        Assert.Equal(5, record.Length);
        Assert.True(record.IsContiguous && record.IsAlive);
        Assert.True(record.Span.SequenceEqual("hello"u8));
        Assert.Equal("hello"u8.ToArray(), record.Sequence.ToArray());
        Assert.Equal("hello"u8.ToArray(), record.ToArray());
        Assert.Throws<ArgumentException>(() => record.CopyTo(new byte[4]));
    }

    [Fact]
    public void A_record_has_at_least_one_byte()
    {
        Assert.Throws<ArgumentException>(() => Record.Create(_arena, default(ReadOnlySpan<byte>)));
        Assert.Throws<ArgumentException>(() => Record.Create(_arena, ReadOnlySequence<byte>.Empty));
        Assert.Throws<ArgumentException>(() => Record.Create(_arena, FramedStream.Segmented(new([1]), () => 1).Slice(1)));
    }

    [Theory]
    [InlineData(10, 0, 10)]
    [InlineData(10, 3, 4)]
    [InlineData(5_000_000, 0, 5_000_000)]
    [InlineData(5_000_000, Arena.MaximumExtent - 1, 2)]
    [InlineData(5_000_000, Arena.MaximumExtent, Arena.MaximumExtent + 5)]
    public void A_splice_is_its_head_and_a_part_of_another_record_that_is_not_copied(int sourceLength, int offset, int length)
    {
        var bytes = new byte[sourceLength];
        new Random(1).NextBytes(bytes);
        var source = Record.Create(_arena, bytes);
        using var duplicate = source.Duplicate();
        var before = _arena.AllocatedBytes;
        var splice = Record.Splice(_arena, "head"u8, duplicate, offset, length);
        Assert.InRange(_arena.AllocatedBytes - before, 4, 64);
        source.Dispose();
        duplicate.Dispose();
        Assert.Equal(length + 4, splice.Length);
        Assert.True(splice.ToArray().AsSpan().SequenceEqual([.. "head"u8, .. bytes.AsSpan(offset, length)]));
        var second = Record.Splice(_arena, "x"u8, splice, 2, 3);
        splice.Dispose();
        Assert.Equal([(byte)'x', (byte)'a', (byte)'d', bytes[offset]], second.ToArray());
        second.Dispose();
        Assert.Empty(_arena.Outstanding());
    }

    [Fact]
    public void A_splice_of_what_is_not_there_is_refused_and_holds_nothing()
    {
        var source = Record.Create(_arena, "hello"u8);
        Assert.Throws<ArgumentOutOfRangeException>(() => Record.Splice(_arena, [], source, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Record.Splice(_arena, "h"u8, source, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Record.Splice(_arena, "h"u8, source, -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Record.Splice(_arena, "h"u8, source, 2, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => Record.Splice(_arena, "h"u8, source, int.MaxValue, int.MaxValue));
        source.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Record.Splice(_arena, "h"u8, source, 0, 1));
        Assert.Empty(_arena.Outstanding());
    }

    [Fact]
    public void Copies_alias_and_disposing_one_ends_them_all()
    {
        var record = Record.Create(_arena, [1]);
        var copy = record;
        Assert.True(copy == record && copy.Equals((object)record) && copy.GetHashCode() == record.GetHashCode());
        copy.Dispose();
        record.Dispose();
        AssertDead(record);
        AssertDead(default);
        Assert.Equal(0, _arena.AllocatedBytes);
    }

    [Fact]
    public void A_dead_handle_never_reaches_the_record_that_reuses_its_entry()
    {
        var dead = Record.Create(_arena, [1]);
        dead.Dispose();
        var alive = Enumerable.Range(0, 100).Select(_ => Record.Create(_arena, [2])).ToArray();
        AssertDead(dead);
        dead.Dispose();
        Assert.All(alive, record => Assert.True(record.IsAlive && record != dead));
        foreach (var record in alive)
        {
            record.Dispose();
        }
    }

    [Fact]
    public void Duplicates_keep_the_bytes_each_by_itself()
    {
        var record = Record.Create(_arena, [1, 2, 3]);
        var duplicate = record.Duplicate();
        var third = duplicate.Duplicate();
        Assert.NotEqual(record, duplicate);
        record.Dispose();
        Assert.Equal([1, 2, 3], duplicate.Span.ToArray());
        duplicate.Dispose();
        Assert.False(record.TryDuplicate(out _));
        Assert.False(duplicate.TryDuplicate(out _));
        Assert.True(third.TryDuplicate(out var fourth));
        third.Dispose();
        Assert.Equal(3, fourth.Length);
        Assert.Equal(64, _arena.AllocatedBytes);
        fourth.Dispose();
        Assert.Equal(0, _arena.AllocatedBytes);
        Assert.Empty(_arena.Outstanding());
    }

    [Fact]
    public void The_bytes_outlive_the_handle_while_they_are_referred_to()
    {
        var record = Record.Create(_arena, [7]);
        Assert.True(record.TryTakeReference(out var body));
        var id = body.Id;
        record.Dispose();
        AssertDead(record);
        Assert.Equal(7, body.Extents[0].Span[0]);
        body.Release();
        Assert.Equal(0, _arena.AllocatedBytes);
        using var next = Record.Create(_arena, [8]);
        Assert.True(next.TryTakeReference(out var nextBody));
        Assert.NotEqual(id, nextBody.Id);
        nextBody.Release();
    }

    [Fact]
    public void Large_records_span_extents_and_take_no_more_than_they_need()
    {
        var bytes = new byte[(2 * Block.Size) + 10];
        new Random(1).NextBytes(bytes);
        var segmented = FramedStream.Segmented(new(bytes), () => 100_000);
        foreach (var create in new[] { () => Record.Create(_arena, bytes), () => Record.Create(_arena, segmented) })
        {
            var record = create();
            Assert.Equal(bytes.Length, record.Length);
            Assert.False(record.IsContiguous);
            Assert.Throws<InvalidOperationException>(() => record.Span.Length);
            Assert.True(record.ToArray().AsSpan().SequenceEqual(bytes));
            Assert.True(record.Sequence.ToArray().AsSpan().SequenceEqual(bytes));
            Assert.Equal((2 * Block.Size) + 64, _arena.AllocatedBytes);
            record.Dispose();
            AssertDead(record);
        }

        Assert.Equal(0, _arena.AllocatedBytes);
    }

    [Fact]
    public void A_large_record_that_does_not_fit_takes_nothing()
    {
        var arena = new Arena(new ArenaOptions { MaximumBytes = 2 * Block.Size });
        Assert.Throws<ArenaExhaustedException>(() => Record.Create(arena, new byte[(2 * Block.Size) + 1]));
        Assert.Equal(0, arena.AllocatedBytes);
    }

    [Fact]
    public void A_segmented_sequence_becomes_one_extent()
    {
        using var record = Record.Create(_arena, FramedStream.Segmented(new([1, 2, 3, 4, 5]), () => 2));
        Assert.Equal([1, 2, 3, 4, 5], record.Span.ToArray());
    }

    [Fact]
    public void A_record_over_a_shared_buffer_keeps_it()
    {
        var buffer = SharedBuffer.Rent(_arena, 100);
        buffer.Extent.Span[10..13].Fill(9);
        var record = new Record(RecordEntry.Share(buffer, 10, 3));
        buffer.Release();
        Assert.Equal([9, 9, 9], record.Span.ToArray());
        record.Dispose();
        Assert.Equal(0, _arena.AllocatedBytes);
    }

    [Fact]
    public void Priorities_are_ordered_and_default_to_normal()
    {
        Assert.Equal(RecordPriority.Normal, default);
        Assert.Equal([0, 4, 7], (int[])[RecordPriority.Urgent.Value, default(RecordPriority).Value, RecordPriority.Bulk.Value]);
        var values = Enumerable.Range(0, RecordPriority.Count).Select(value => new RecordPriority(value)).ToArray();
        Assert.Equal(Enumerable.Range(0, 8), values.Order().Select(priority => priority.Value));
        Assert.True(values[2] < values[3] && values[3] > values[2] && values[2] <= values[2] && values[2] >= values[2]);
        Assert.True(values[4] == RecordPriority.Normal && values[4] != values[5] && values[5].Equals((object)values[5]));
        Assert.Equal(values.Length, values.Select(priority => priority.GetHashCode()).Distinct().Count());
        Assert.Equal("7", RecordPriority.Bulk.ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => new RecordPriority(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RecordPriority(8));
    }

    private static void AssertDead(Record record)
    {
        Assert.False(record.IsAlive);
        Assert.Throws<ObjectDisposedException>(() => record.Length);
        Assert.Throws<ObjectDisposedException>(() => record.IsContiguous);
        Assert.Throws<ObjectDisposedException>(() => record.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => record.Sequence);
        Assert.Throws<ObjectDisposedException>(() => record.CopyTo(new byte[10]));
        Assert.Throws<ObjectDisposedException>(() => record.ToArray());
        Assert.Throws<ObjectDisposedException>(() => record.Duplicate());
        Assert.False(record.TryDuplicate(out _));
        Assert.Equal("Record (disposed)", record.ToString());
    }
}
