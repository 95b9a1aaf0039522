namespace Broadside.IoUring;

/// <summary>Operations for reuse, each with a place of its own in the channel's table while it is in use.</summary>
internal sealed class OperationPool<T>(int capacity)
    where T : class, new()
{
    private readonly Stack<T> _items = new();

    public T Rent() => _items.TryPop(out var item) ? item : new T();

    /// <summary>Takes an operation back; false where there are enough.</summary>
    public bool Return(T item)
    {
        if (_items.Count == capacity)
        {
            return false;
        }

        _items.Push(item);
        return true;
    }

    public bool TryTake(out T item) => _items.TryPop(out item!);
}
