namespace Broadside.Memory;

/// <summary>
/// A pool of objects that come back often and on any thread: a small stack per thread in front of a shared one, so that renting
/// and returning on one thread takes no lock.
/// </summary>
/// <remarks>Objects in the pool are never freed; their number is that of the most ever in use at once.</remarks>
internal static class Pool<T>
    where T : class, new()
{
    private const int LocalCapacity = 64;
    private const int TransferCount = LocalCapacity / 2;

    private static readonly Lock Gate = new();
    private static readonly Stack<T> Shared = new();

    [ThreadStatic]
    private static T[]? _local;

    [ThreadStatic]
    private static int _localCount;

    public static T Rent()
    {
        if (_localCount == 0)
        {
            Refill();
        }

        return _localCount == 0 ? new T() : _local![--_localCount];
    }

    public static void Return(T item)
    {
        _local ??= new T[LocalCapacity];
        if (_localCount == LocalCapacity)
        {
            Spill();
        }

        _local[_localCount++] = item;
    }

    private static void Refill()
    {
        _local ??= new T[LocalCapacity];
        lock (Gate)
        {
            while (_localCount < TransferCount && Shared.TryPop(out var item))
            {
                _local[_localCount++] = item;
            }
        }
    }

    private static void Spill()
    {
        lock (Gate)
        {
            while (_localCount > LocalCapacity - TransferCount)
            {
                Shared.Push(_local![--_localCount]);
            }
        }
    }
}
