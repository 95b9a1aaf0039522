namespace Broadside.Tests.Memory;

/// <summary>An arena whose large extents lie in a store's blocks.</summary>
public sealed class BlockStoreTests
{
    [Fact]
    public void Only_large_extents_lie_in_the_store()
    {
        var store = new Store();
        var arena = store.NewArena();
        Assert.DoesNotContain(arena.Allocate(Arena.SmallestStored - 1).Block, store.Attached);
        Assert.DoesNotContain(arena.Allocate(100).Block, store.Attached);
        Assert.DoesNotContain(arena.AllocatePlain(Arena.SmallestStored).Block, store.Attached);
        var large = arena.Allocate(Arena.SmallestStored);
        Assert.Equal([large.Block], store.Attached);
        Assert.Same(large.Block, arena.Allocate(Arena.SmallestStored).Block);
        Assert.False(arena.TryUse(new Store()));
    }

    [Fact]
    public void The_whole_run_is_retired_before_it_is_spoilt_though_the_extent_was_trimmed()
    {
        const int Length = 300_000;
        var store = new Store();
        var arena = store.NewArena(diagnostics: true);
        var extent = arena.Allocate(Length);
        extent.Span.Fill(1);
        store.WhenRetired = () => Assert.All(extent.Span.ToArray(), value => Assert.Equal(1, value));
        arena.Free(extent.Slice(0, 5));
        Assert.Equal([(extent.Block, extent.Offset, 74 * 4096)], store.Retired);
        Assert.Equal(0xDD, extent.Span[0]);
        Assert.Throws<InvalidOperationException>(() => arena.Free(extent));
        Assert.Throws<InvalidOperationException>(() => arena.Free(arena.Allocate(Length).Slice(4096)));
        Assert.Throws<InvalidOperationException>(() => arena.Free(arena.Allocate(Length).Slice(1)));
        Assert.Single(store.Retired);
    }

    [Fact]
    public void What_cannot_be_retired_is_not_handed_out_again()
    {
        var store = new Store { Retires = false };
        var arena = store.NewArena(maximumBytes: 2 * Block.Size, diagnostics: true);
        var extent = arena.Allocate(Block.Size);
        extent.Span[0] = 1;
        arena.Free(extent);
        Assert.Equal(1, extent.Span[0]);
        Assert.Equal(extent, Assert.Single(arena.Outstanding()).Extent);
        arena.Allocate(Block.Size);
        Assert.False(arena.TryAllocate(Block.Size, out _));
    }

    [Fact]
    public void A_store_that_refuses_leaves_an_ordinary_arena()
    {
        var store = new Store { Attaches = false };
        var arena = store.NewArena();
        var first = arena.Allocate(Block.Size / 2);
        var second = arena.Allocate(Block.Size / 2);
        Assert.Same(first.Block, second.Block);
        Assert.Equal(1, store.Attempts);
        arena.Free(first);
        arena.Free(second);
        Assert.Empty(store.Retired);
    }

    [Fact]
    public void At_the_limit_large_extents_lie_where_there_is_room_and_small_ones_never_in_the_store()
    {
        var store = new Store();
        var arena = store.NewArena(maximumBytes: 2 * Block.Size);
        var small = arena.Allocate(100);
        var large = arena.Allocate(Block.Size);
        var other = arena.Allocate(Block.Size / 2);
        Assert.Same(small.Block, other.Block);
        arena.Free(other);
        Assert.Empty(store.Retired);
        arena.Free(large);
        var filler = arena.Allocate(Arena.SmallestStored);
        Assert.Same(large.Block, filler.Block);
        while (arena.TryAllocate(50_000, out var extent))
        {
            Assert.Same(small.Block, extent.Block);
        }
    }

    [Fact]
    public void An_empty_block_of_the_other_kind_is_let_go_of_where_it_stands_in_the_way()
    {
        var store = new Store();
        var arena = store.NewArena(maximumBytes: Block.Size);
        arena.Free(arena.Allocate(Block.Size));
        var attached = Assert.Single(store.Attached);
        var small = arena.Allocate(100);
        Assert.Equal([attached], store.Detached);
        Assert.NotSame(attached, small.Block);
        arena.Free(small);
        Assert.DoesNotContain(arena.Allocate(64 * 1024).Block, store.Attached);
        Assert.Equal(Block.Size, arena.ReservedBytes);
    }

    [Fact]
    public void Blocks_beyond_the_spare_ones_are_detached()
    {
        var store = new Store();
        var arena = store.NewArena(spareBlocks: 1);
        var extents = Enumerable.Range(0, 3).Select(_ => arena.Allocate(Block.Size)).ToList();
        extents.ForEach(arena.Free);
        Assert.Equal(extents.Skip(1).Select(extent => extent.Block), store.Detached);
    }

    private sealed class Store : IBlockStore
    {
        public bool Attaches { get; init; } = true;

        public bool Retires { get; init; } = true;

        public Action? WhenRetired { get; set; }

        public int Attempts { get; private set; }

        public List<Block> Attached { get; } = [];

        public List<(Block Block, int Offset, int Length)> Retired { get; } = [];

        public List<Block> Detached { get; } = [];

        public Arena NewArena(long maximumBytes = 1 << 30, int spareBlocks = 4, bool diagnostics = false)
        {
            var arena = new Arena(new ArenaOptions { MaximumBytes = maximumBytes, SpareBlocks = spareBlocks, Diagnostics = diagnostics });
            Assert.True(arena.TryUse(this));
            return arena;
        }

        public bool TryAttach(Block block)
        {
            Attempts++;
            if (Attaches)
            {
                Attached.Add(block);
            }

            return Attaches;
        }

        public bool TryRetire(Block block, int offset, int length)
        {
            WhenRetired?.Invoke();
            Retired.Add((block, offset, length));
            return Retires;
        }

        public void Detach(Block block) => Detached.Add(block);
    }
}
