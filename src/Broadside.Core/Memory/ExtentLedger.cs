using System.Collections.Concurrent;
using System.Diagnostics;

namespace Broadside.Memory;

/// <summary>Remembers where each extent of an arena was taken, and spoils what is returned. For tests.</summary>
internal sealed class ExtentLedger
{
    private const byte Poison = 0xDD;

    private readonly ConcurrentDictionary<(Block Block, int Offset), (int Length, StackTrace TakenAt)> _entries = new();

    /// <summary>The stack of the caller's caller; written out only when somebody asks, and without line numbers, as tests take many.</summary>
    public static StackTrace Here() => new(2, false);

    public void Enter(Extent extent, StackTrace takenAt) => _entries[(extent.Block, extent.Offset)] = (extent.Length, takenAt);

    /// <summary>Strikes the extent out and overwrites all of it, even if it has been trimmed since. Called before it can be taken again.</summary>
    public void Strike(Extent extent)
    {
        if (_entries.TryRemove((extent.Block, extent.Offset), out var entry))
        {
            extent.Block.Span(extent.Offset, entry.Length).Fill(Poison);
        }
    }

    public IReadOnlyList<OutstandingExtent> Outstanding() =>
        [.. _entries.Select(entry => new OutstandingExtent(new Extent(entry.Key.Block, entry.Key.Offset, entry.Value.Length), entry.Value.TakenAt.ToString()))];
}
