namespace Broadside.Groups;

/// <summary>Views by the size class of their segments, a bounded pool per thread: a channel's views never leave its thread.</summary>
internal static class SegmentViewPool
{
    // As many views as have segments of 2 MiB in all: groups that fill their segments in step trade that many at once.
    private const int PooledSegmentBytes = 2 * 1024 * 1024;

    [ThreadStatic]
    private static Stack<SegmentView>?[]? _pools;

    public static SegmentView Rent(int sizeClass)
    {
        var pool = PoolOf(sizeClass);
        return pool.TryPop(out var view) ? view : new SegmentView();
    }

    public static void Return(SegmentView view, int sizeClass)
    {
        var pool = PoolOf(sizeClass);
        if (pool.Count < PooledSegmentBytes / (Segment.SmallestSize << sizeClass))
        {
            pool.Push(view);
        }
    }

    private static Stack<SegmentView> PoolOf(int sizeClass)
    {
        _pools ??= new Stack<SegmentView>?[16];
        return _pools[sizeClass] ??= new Stack<SegmentView>();
    }
}
