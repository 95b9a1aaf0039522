using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Broadside.Memory;

/// <summary>Which of a block's 512 pages are free: one bit a page, set when free.</summary>
internal struct PageMap
{
    private const int WordBits = 64;
    private Words _words;

    public static PageMap AllFree()
    {
        var map = default(PageMap);
        ((Span<ulong>)map._words).Fill(ulong.MaxValue);
        return map;
    }

    /// <summary>The first page of the first run of <paramref name="count"/> free pages, or -1.</summary>
    public readonly int FindRun(int count)
    {
        var page = NextFree(0);
        while (page >= 0 && page + count <= Block.PageCount)
        {
            var end = NextTaken(page);
            if (end - page >= count)
            {
                return page;
            }

            page = NextFree(end);
        }

        return -1;
    }

    public void Take(int start, int count)
    {
        for (var page = start; page < start + count; page++)
        {
            Debug.Assert((_words[page / WordBits] & (1UL << (page % WordBits))) != 0);
            _words[page / WordBits] &= ~(1UL << (page % WordBits));
        }
    }

    public void Return(int start, int count)
    {
        for (var page = start; page < start + count; page++)
        {
            Debug.Assert((_words[page / WordBits] & (1UL << (page % WordBits))) == 0);
            _words[page / WordBits] |= 1UL << (page % WordBits);
        }
    }

    private readonly int NextFree(int from) => Next(from, 0);

    private readonly int NextTaken(int from)
    {
        var page = Next(from, ulong.MaxValue);
        return page < 0 ? Block.PageCount : page;
    }

    // The first page at or after `from` whose bit differs from those of `pattern`.
    private readonly int Next(int from, ulong pattern)
    {
        for (var word = from / WordBits; word < Words.Count; word++)
        {
            var bits = _words[word] ^ pattern;
            if (word == from / WordBits)
            {
                bits &= ulong.MaxValue << (from % WordBits);
            }

            if (bits != 0)
            {
                return (word * WordBits) + BitOperations.TrailingZeroCount(bits);
            }
        }

        return -1;
    }

    [InlineArray(Count)]
    private struct Words
    {
        public const int Count = Block.PageCount / WordBits;
        private ulong _first;
    }
}
