using Broadside.Records;

namespace Broadside.Groups;

/// <summary>The newest record of a key as one channel knows it: let go of when it is superseded and no transport refers to it.</summary>
/// <param name="body">The record, with a reference that passes to the item.</param>
internal sealed class LatestItem(RecordEntry body) : Hold
{
    private bool _isSuperseded;

    public RecordEntry Body { get; } = body;

    /// <summary>Where it stands in its view.</summary>
    public int Slot { get; set; }

    /// <summary>The place of the record it superseded, where members that had not come that far get it; -1 for none.</summary>
    public int Place { get; set; } = -1;

    public void Supersede()
    {
        _isSuperseded = true;
        if (!IsHeld)
        {
            Body.Release();
        }
    }

    protected override void OnReleased()
    {
        if (_isSuperseded)
        {
            Body.Release();
        }
    }
}
