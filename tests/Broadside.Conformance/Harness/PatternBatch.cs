namespace Broadside.Conformance.Harness;

/// <summary>A batch over memory of its own that carries a part of the pattern.</summary>
public sealed class PatternBatch : SendBatch
{
    private readonly Arena _arena;

    /// <summary>Creates a batch that begins at <paramref name="position"/> of the pattern.</summary>
    public PatternBatch(Arena arena, long position, params ReadOnlySpan<int> lengths)
    {
        _arena = arena;
        foreach (var length in lengths)
        {
            var extent = arena.Allocate(length);
            Pattern.Fill(extent.Span, position);
            Add(extent);
            position += length;
        }
    }

    /// <summary>Gives the memory back, once the transport has.</summary>
    public void Free()
    {
        foreach (var extent in Extents)
        {
            _arena.Free(extent);
        }

        Clear();
    }
}
