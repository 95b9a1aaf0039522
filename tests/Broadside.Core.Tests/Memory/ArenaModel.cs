using FsCheck;
using FsCheck.Fluent;

namespace Broadside.Tests.Memory;

/// <summary>The arena against a naive model: a list of what is out.</summary>
public sealed class ArenaModel
{
    [Fact]
    public void Extents_never_overlap_and_the_account_returns_to_zero()
    {
        // Positive: allocate so many bytes. Zero or less: free one of those out.
        var lengths = Gen.Frequency(
            (4, Gen.Choose(1, 3072)), (2, Gen.Choose(3073, 70_000)), (1, Gen.Choose(70_001, Block.Size)), (5, Gen.Choose(-1000, 0)));
        Check.One(
            Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(200).WithEndSize(400),
            Prop.ForAll(lengths.ListOf().ToArbitrary(), steps => Run([.. steps])));
    }

    private static void Run(int[] steps)
    {
        var arena = new Arena(new ArenaOptions { MaximumBytes = 3 * Block.Size, SpareBlocks = 1 });
        var held = new List<(Extent Extent, byte Mark)>();
        for (var step = 0; step < steps.Length; step++)
        {
            if (steps[step] > 0)
            {
                if (arena.TryAllocate(steps[step], out var extent))
                {
                    Assert.DoesNotContain(held, other => Overlap(other.Extent, extent));
                    extent.Span.Fill((byte)step);
                    held.Add((extent, (byte)step));
                }
            }
            else if (held.Count > 0)
            {
                FreeMarked(arena, held, -steps[step] % held.Count);
            }

            Assert.InRange(arena.AllocatedBytes, held.Sum(one => (long)one.Extent.Length), arena.ReservedBytes);
            Assert.InRange(arena.ReservedBytes, 0, arena.MaximumBytes);
        }

        while (held.Count > 0)
        {
            FreeMarked(arena, held, 0);
        }

        Assert.Equal(0, arena.AllocatedBytes);

        // Nothing is out, so all of it can be had.
        for (var block = 0; block < 3; block++)
        {
            arena.Allocate(Block.Size);
        }
    }

    private static void FreeMarked(Arena arena, List<(Extent Extent, byte Mark)> held, int index)
    {
        var (extent, mark) = held[index];
        Assert.Equal(-1, extent.Span.IndexOfAnyExcept(mark));
        arena.Free(extent);
        held.RemoveAt(index);
    }

    private static bool Overlap(Extent left, Extent right) =>
        ReferenceEquals(left.Block, right.Block) && left.Offset < right.Offset + right.Length && right.Offset < left.Offset + left.Length;
}
