using System.Diagnostics;

namespace Broadside.Memory;

/// <summary>The slot sizes of slabs. Anything above the largest is a run of whole pages.</summary>
internal static class SizeClass
{
    public const int Largest = 3072;
    public const int SlabPages = 4;
    public const int SlabSize = SlabPages * Block.PageSize;

    private const int Granule = 64;
    private static readonly int[] Sizes = [64, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, Largest];
    private static readonly byte[] ByGranule = MapGranules();

    public static int Count => Sizes.Length;

    public static int SlotSize(int sizeClass) => Sizes[sizeClass];

    /// <summary>The smallest class whose slots hold <paramref name="length"/> bytes (1 to <see cref="Largest"/>).</summary>
    public static int For(int length)
    {
        Debug.Assert(length is > 0 and <= Largest);
        return ByGranule[(length - 1) / Granule];
    }

    private static byte[] MapGranules()
    {
        var map = new byte[Largest / Granule];
        byte sizeClass = 0;
        for (var granule = 0; granule < map.Length; granule++)
        {
            if ((granule + 1) * Granule > Sizes[sizeClass])
            {
                sizeClass++;
            }

            map[granule] = sizeClass;
        }

        return map;
    }
}
