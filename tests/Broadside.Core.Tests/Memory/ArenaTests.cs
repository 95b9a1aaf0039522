namespace Broadside.Tests.Memory;

public sealed class ArenaTests
{
    [Theory]
    [InlineData(1, 64)]
    [InlineData(64, 64)]
    [InlineData(65, 128)]
    [InlineData(257, 384)]
    [InlineData(1025, 1536)]
    [InlineData(3072, 3072)]
    [InlineData(3073, 4096)]
    [InlineData(4097, 8192)]
    [InlineData(65_536, 65_536)]
    [InlineData(Block.Size, Block.Size)]
    public void Lengths_are_rounded_up_to_slots_and_pages(int length, int taken)
    {
        var arena = new Arena();
        var extent = arena.Allocate(length);
        Assert.Equal(length, extent.Length);
        Assert.Equal(length, extent.Span.Length);
        Assert.Equal(taken, arena.AllocatedBytes);
        arena.Free(extent);
        Assert.Equal(0, arena.AllocatedBytes);
    }

    [Fact]
    public unsafe void Blocks_and_page_runs_are_page_aligned_and_slots_are_line_aligned()
    {
        var arena = new Arena();
        for (var count = 0; count < 4; count++)
        {
            Assert.Equal(0, (nint)arena.Allocate(Block.Size).Pointer % 4096);
            Assert.Equal(0, (nint)arena.Allocate(5000).Pointer % 4096);
            Assert.Equal(0, (nint)arena.Allocate(100).Pointer % 64);
        }

        Assert.All(arena.Blocks(), block => Assert.Equal(0, (nint)block!.Pointer % 4096));
    }

    [Fact]
    public void The_views_of_an_extent_are_of_the_same_bytes()
    {
        var extent = new Arena().Allocate(100).Slice(10, 50);
        extent.Span.Fill(1);
        extent.Memory.Span[0] = 2;
        extent.Segment.AsSpan()[49] = 3;
        Assert.Equal([2, 1, 3], (byte[])[extent.Span[0], extent.Span[1], extent.Span[49]]);
        Assert.Equal(extent.Slice(5), extent.Slice(5, 45));
        Assert.Throws<ArgumentOutOfRangeException>(() => extent.Slice(51));
        Assert.Throws<ArgumentOutOfRangeException>(() => extent.Slice(1, 50));
        Assert.Throws<ArgumentOutOfRangeException>(() => extent.Slice(-1));
        Assert.True(default(Extent).IsEmpty && default(Extent).Span.IsEmpty && default(Extent).Memory.IsEmpty);
    }

    [Fact]
    public void Lengths_out_of_range_are_refused()
    {
        var arena = new Arena();
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.Allocate(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.Allocate(Arena.MaximumExtent + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.TryAllocate(-1, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = arena.AllocateAsync(0); });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Arena(new ArenaOptions { MaximumBytes = Block.Size - 1 }));
    }

    [Fact]
    public void The_limit_holds_and_room_made_is_room_again()
    {
        var arena = new Arena(new ArenaOptions { MaximumBytes = (2 * Block.Size) + 5 });
        Assert.Equal(2 * Block.Size, arena.MaximumBytes);
        var first = arena.Allocate(Block.Size);
        var second = arena.Allocate(Block.Size);
        Assert.False(arena.TryAllocate(1, out _));
        Assert.Throws<ArenaExhaustedException>(() => arena.Allocate(1));
        arena.Free(first);
        arena.Free(arena.Allocate(1));
        arena.Free(second);
        Assert.Equal(0, arena.AllocatedBytes);
    }

    [Fact]
    public void A_slab_kept_empty_does_not_exhaust_the_arena()
    {
        foreach (var spare in new[] { 0, 1 })
        {
            var arena = new Arena(new ArenaOptions { MaximumBytes = Block.Size, SpareBlocks = spare });
            arena.Free(arena.Allocate(64));
            arena.Free(arena.Allocate(3000));
            arena.Free(arena.Allocate(Block.Size));
            arena.Free(arena.Allocate(64));
            Assert.Equal(0, arena.AllocatedBytes);
        }
    }

    [Fact]
    public void Empty_blocks_beyond_the_spare_ones_are_released_and_their_places_reused()
    {
        var arena = new Arena(new ArenaOptions { SpareBlocks = 1 });
        var extents = Enumerable.Range(0, 4).Select(_ => arena.Allocate(Block.Size)).ToArray();
        Assert.Equal(4L * Block.Size, arena.ReservedBytes);
        foreach (var extent in extents)
        {
            arena.Free(extent);
        }

        Assert.Equal(Block.Size, arena.ReservedBytes);
        Assert.Single(arena.Blocks(), block => block is not null);
        for (var count = 0; count < 4; count++)
        {
            arena.Allocate(Block.Size);
        }

        Assert.Equal(4, arena.Blocks().Count);
        Assert.All(arena.Blocks().Index(), place => Assert.Equal(place.Index, place.Item!.Index));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(3000)]
    [InlineData(5000)]
    [InlineData(Block.Size)]
    public void What_is_not_allocated_cannot_be_freed(int length)
    {
        var arena = new Arena();
        var extent = arena.Allocate(length);
        Assert.Throws<InvalidOperationException>(() => arena.Free(extent.Slice(1)));
        Assert.Throws<ArgumentException>(() => new Arena().Free(extent));
        Assert.Throws<ArgumentException>(() => arena.Free(default));
        arena.Free(extent.Slice(0, 1));
        Assert.Throws<InvalidOperationException>(() => arena.Free(extent));
        Assert.Equal(0, arena.AllocatedBytes);
    }

    [Fact]
    public void A_page_within_a_run_cannot_be_freed()
    {
        var arena = new Arena();
        var extent = arena.Allocate(3 * 4096);
        Assert.Throws<InvalidOperationException>(() => arena.Free(extent.Slice(4096)));
    }

    [Fact]
    public async Task Diagnostics_tell_where_each_extent_was_taken_and_spoil_it_when_it_is_returned()
    {
        var arena = new Arena(new ArenaOptions { Diagnostics = true, MaximumBytes = Block.Size });
        var extent = arena.Allocate(1000);
        var outstanding = Assert.Single(arena.Outstanding());
        Assert.Equal(extent, outstanding.Extent);
        Assert.Contains(nameof(Diagnostics_tell_where_each_extent_was_taken_and_spoil_it_when_it_is_returned), outstanding.TakenAt, StringComparison.Ordinal);

        extent.Span.Fill(1);
        arena.Free(extent.Slice(0, 10));
        Assert.Empty(arena.Outstanding());
        Assert.All(extent.Span.ToArray(), value => Assert.Equal(0xDD, value));

        var all = await arena.AllocateAsync(Block.Size);
        var waiting = arena.AllocateAsync(5000);
        Assert.Single(arena.Outstanding());
        arena.Free(all);
        Assert.Equal(await waiting, Assert.Single(arena.Outstanding()).Extent);
        Assert.Empty(new Arena().Outstanding());
    }

    [Fact]
    public void A_shared_buffer_returns_its_bytes_with_its_last_reference()
    {
        var arena = new Arena();
        var buffer = SharedBuffer.Rent(arena, 100);
        Assert.False(buffer.IsShared);
        buffer.AddReference();
        Assert.True(buffer.IsShared);
        buffer.Release();
        Assert.Equal(128, arena.AllocatedBytes);
        buffer.Release();
        Assert.Equal(0, arena.AllocatedBytes);
    }
}
