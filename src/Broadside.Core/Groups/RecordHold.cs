using Broadside.Records;

namespace Broadside.Groups;

/// <summary>Keeps a record that is in no log alive while a transport refers to it: a gap notice.</summary>
internal sealed class RecordHold : Hold
{
    public RecordEntry Body { get; private set; } = null!;

    /// <summary>Takes over the handle's ownership: the record goes with the last hold.</summary>
    public static RecordHold Take(Record record)
    {
        if (!record.TryTakeReference(out var body))
        {
            Record.ThrowDead();
        }

        record.Dispose();
        var hold = Pool.Rent<RecordHold>();
        hold.Body = body;
        return hold;
    }

    protected override void OnReleased()
    {
        Body.Release();
        Body = null!;
        Pool<RecordHold>.Return(this);
    }
}
