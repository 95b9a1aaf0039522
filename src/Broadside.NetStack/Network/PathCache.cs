namespace Broadside.NetStack.Network;

/// <summary>The paths that were used last. At the limit one goes that was not used since it was last passed over (the clock algorithm).</summary>
internal sealed class PathCache(int capacity, AddressHash hash)
{
    private readonly Dictionary<PathKey, CachedPath> _byKey = new(capacity, hash);
    private readonly CachedPath[] _paths = new CachedPath[capacity];
    private int _count;
    private int _hand;

    public int Count => _count;

    public CachedPath? Find(PathKey key)
    {
        if (_byKey.TryGetValue(key, out var path))
        {
            path.IsReferenced = true;
        }

        return path;
    }

    public void Add(CachedPath path)
    {
        var index = _count < _paths.Length ? _count++ : Evict();
        _paths[index] = path;
        _byKey.Add(path.Key, path);
    }

    private int Evict()
    {
        for (; _paths[_hand].IsReferenced; _hand = (_hand + 1) % _paths.Length)
        {
            _paths[_hand].IsReferenced = false;
        }

        var index = _hand;
        _hand = (_hand + 1) % _paths.Length;
        _byKey.Remove(_paths[index].Key);
        return index;
    }
}
