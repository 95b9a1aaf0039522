using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <summary>
/// Gives the kernel numbers for objects: an operation carries its target's place and that place's generation, so that a completion
/// that comes after its target has gone is recognised.
/// </summary>
internal sealed class OperationTable
{
    private const int KindShift = 56;
    private const int GenerationShift = 32;
    private const uint GenerationMask = 0xFFFFFF;

    private Place[] _places = new Place[64];
    private int _count;
    private int _free = -1;

    /// <summary>The mark of an operation without a target.</summary>
    public static ulong Key(OperationKind kind) => (ulong)kind << KindShift;

    public static OperationKind KindOf(ulong key) => (OperationKind)(key >> KindShift);

    /// <summary>Gives a target a place; its key, to be combined with the kind of an operation by <see cref="Key(ulong, OperationKind)"/>.</summary>
    public ulong Add(ICompletionTarget target)
    {
        var index = _free;
        if (index >= 0)
        {
            _free = _places[index].NextFree;
        }
        else
        {
            if (_count == _places.Length)
            {
                Array.Resize(ref _places, _count * 2);
            }

            index = _count++;
        }

        _places[index].Target = target;
        return ((ulong)_places[index].Generation << GenerationShift) | (uint)index;
    }

    public static ulong Key(ulong target, OperationKind kind) => target | ((ulong)kind << KindShift);

    /// <summary>Takes a target out. None of its operations may be pending.</summary>
    public void Remove(ulong key)
    {
        ref var place = ref _places[(uint)key];
        place.Target = null;
        place.Generation = (place.Generation + 1) & GenerationMask;
        place.NextFree = _free;
        _free = (int)(uint)key;
    }

    /// <summary>All targets there are.</summary>
    public IEnumerable<ICompletionTarget> Targets() => _places.Take(_count).Select(static place => place.Target).OfType<ICompletionTarget>();

    /// <summary>The target of a completion; null when it has gone.</summary>
    public ICompletionTarget? Find(in CompletionEntry completion)
    {
        ref var place = ref _places[(uint)completion.UserData];
        return place.Generation == ((completion.UserData >> GenerationShift) & GenerationMask) ? place.Target : null;
    }

    private struct Place
    {
        public ICompletionTarget? Target;
        public uint Generation;
        public int NextFree;
    }
}
