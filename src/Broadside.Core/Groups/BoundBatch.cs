using Broadside.Channels;

namespace Broadside.Groups;

/// <summary>A batch bound from a connection's sources, with what keeps its extents alive. Pooled per channel.</summary>
internal sealed class BoundBatch : SendBatch
{
    /// <summary>The most extents gathered into one send.</summary>
    public const int MaximumExtents = 64;

    private Hold[] _holds = new Hold[2];

    public bool IsFull => Count == MaximumExtents;

    /// <summary>Records never change, nor does what was appended to a log.</summary>
    internal override bool AreBytesFinal => true;

    public void Add(Extent extent, Hold hold)
    {
        if (Count > 0 && ReferenceEquals(_holds[Count - 1], hold) && TryExtendLast(extent))
        {
            return;
        }

        if (Count == _holds.Length)
        {
            Array.Resize(ref _holds, Count * 2);
        }

        _holds[Count] = hold;
        hold.Add();
        Add(extent);
    }

    /// <summary>The transport let go: so do we.</summary>
    public void ReleaseHolds()
    {
        foreach (var hold in _holds.AsSpan(0, Count))
        {
            hold.Release();
        }

        _holds.AsSpan(0, Count).Clear();
        Clear();
    }
}
