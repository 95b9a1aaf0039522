namespace Broadside.Groups;

/// <summary>The newest send of each key of a queue. Under the append lock. Holds no more keys than twice those pending.</summary>
internal sealed class KeyTable
{
    private const int FirstSweep = 64;

    private readonly Dictionary<RecordKey, KeyCell> _cells = [];
    private int _sweepAt = FirstSweep;

    /// <summary>Makes a send the newest of its key; any pending one of that key is stale from now on.</summary>
    public KeyCell Supersede(RecordKey key, long sequence, GroupLog log, SendQueue queue)
    {
        if (!_cells.TryGetValue(key, out var cell))
        {
            if (_cells.Count >= _sweepAt)
            {
                Sweep(queue);
            }

            _cells[key] = cell = new KeyCell();
        }

        cell.NewestSequence = sequence;
        cell.Log = log;
        cell.Position = log.EndPosition;
        return cell;
    }

    // A key whose newest send all members have passed has nothing pending to supersede.
    private void Sweep(SendQueue queue)
    {
        foreach (var (key, cell) in _cells)
        {
            if (cell.Position < queue.LowPosition(cell.Log!))
            {
                _cells.Remove(key);
            }
        }

        _sweepAt = Math.Max(FirstSweep, _cells.Count * 2);
    }
}
