using System.Diagnostics.CodeAnalysis;

namespace Broadside.Memory;

/// <summary>Takes objects from their pools, or makes new ones.</summary>
internal static class Pool
{
    public static T Rent<T>()
        where T : class, new() => Pool<T>.TryRent(out var item) ? item : new T();
}

/// <summary>
/// A pool of objects that come back often and on any thread: a small stack per thread in front of a shared one, so that renting
/// and returning on one thread takes no lock.
/// </summary>
/// <remarks>Objects in the pool are never freed; their number is that of the most ever in use at once.</remarks>
internal static class Pool<T>
    where T : class
{
    private const int LocalCapacity = 64;
    private const int TransferCount = LocalCapacity / 2;

    private static readonly Lock Gate = new();
    private static readonly Stack<T> Shared = new();

    [ThreadStatic]
    private static T[]? _local;

    [ThreadStatic]
    private static int _localCount;

    /// <summary>Takes one that was returned; false when there is none.</summary>
    public static bool TryRent([NotNullWhen(true)] out T? item)
    {
        if (_localCount == 0)
        {
            Refill();
        }

        item = _localCount == 0 ? null : _local![--_localCount];
        return item is not null;
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
