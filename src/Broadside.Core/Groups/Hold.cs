namespace Broadside.Groups;

/// <summary>What keeps bytes alive while a transport refers to them. Counted on one channel's thread, without interlocked operations.</summary>
internal abstract class Hold
{
    private int _count;

    public bool IsHeld => _count > 0;

    public void Add() => _count++;

    public void Release()
    {
        System.Diagnostics.Debug.Assert(_count > 0);
        if (--_count == 0)
        {
            OnReleased();
        }
    }

    /// <summary>The last hold was released.</summary>
    protected abstract void OnReleased();
}
