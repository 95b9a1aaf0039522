using Broadside.Records;

namespace Broadside.Groups;

/// <summary>One binding: the batch being filled, the bytes it may still take, and the time.</summary>
internal ref struct BindContext(BoundBatch batch, Outbox outbox, int quantum, long now)
{
    private int _remaining = quantum;

    /// <summary>The time of the binding, as a timestamp: what has expired by then is not bound.</summary>
    public readonly long Now => now;

    public readonly Outbox Outbox => outbox;

    /// <summary>How many bytes a run may have. The first entry of a batch may exceed it.</summary>
    public readonly int Remaining => _remaining;

    /// <summary>Whether another record may begin.</summary>
    public readonly bool HasRoom => _remaining > 0 && !batch.IsFull;

    public void Add(Extent extent, Hold hold)
    {
        batch.Add(extent, hold);
        _remaining -= extent.Length;
    }

    /// <summary>Binds a record of its own memory, as far as there is room; the rest goes first in the batches that follow.</summary>
    public void AddRecord(RecordEntry body, Hold hold)
    {
        Add(body, hold, 0);
    }

    /// <summary>Goes on with the record begun.</summary>
    public void Continue(PartialRecord partial) => Add(partial.Body, partial.Hold, partial.Position);

    private void Add(RecordEntry body, Hold hold, int position)
    {
        var skip = position;
        foreach (var extent in body.Extents)
        {
            if (skip >= extent.Length)
            {
                skip -= extent.Length;
                continue;
            }

            if (!HasRoom)
            {
                outbox.SetPartial(new PartialRecord(body, hold, position));
                return;
            }

            var take = Math.Min(extent.Length - skip, _remaining);
            Add(extent.Slice(skip, take), hold);
            position += take;
            if (take < extent.Length - skip)
            {
                outbox.SetPartial(new PartialRecord(body, hold, position));
                return;
            }

            skip = 0;
        }
    }
}

/// <summary>A record begun and not yet bound to its end: nothing may come between.</summary>
/// <param name="Body">The record.</param>
/// <param name="Hold">What keeps it alive; held once for the rest.</param>
/// <param name="Position">Bytes bound so far.</param>
internal readonly record struct PartialRecord(RecordEntry Body, Hold Hold, int Position);
