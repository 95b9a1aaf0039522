using System.Diagnostics;

namespace Broadside.Channels;

/// <summary>A binary heap of timers, soonest first, in which each timer knows its place so that it can be cancelled in O(log n).</summary>
internal sealed class TimerQueue
{
    private ChannelTimer[] _heap = new ChannelTimer[8];

    public int Count { get; private set; }

    /// <summary>When the soonest timer is due, as a timestamp; <see cref="long.MaxValue"/> without timers.</summary>
    public long NextDue => Count == 0 ? long.MaxValue : _heap[0].DueTimestamp;

    public void Schedule(ChannelTimer timer, long dueTimestamp)
    {
        if (timer.IsScheduled)
        {
            Cancel(timer);
        }

        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, Count * 2);
        }

        timer.DueTimestamp = dueTimestamp;
        Place(timer, Count++);
        SiftUp(timer);
    }

    public void Cancel(ChannelTimer timer)
    {
        if (!timer.IsScheduled)
        {
            return;
        }

        var index = timer.QueueIndex;
        Debug.Assert(ReferenceEquals(_heap[index], timer));
        timer.QueueIndex = -1;
        var last = _heap[--Count];
        _heap[Count] = null!;
        if (!ReferenceEquals(last, timer))
        {
            Place(last, index);
            SiftUp(last);
            SiftDown(last);
        }
    }

    /// <summary>Removes and returns the soonest timer if it is due at <paramref name="now"/>.</summary>
    public bool TryTakeDue(long now, out ChannelTimer timer)
    {
        if (NextDue > now)
        {
            timer = null!;
            return false;
        }

        timer = _heap[0];
        Cancel(timer);
        return true;
    }

    private void Place(ChannelTimer timer, int index)
    {
        _heap[index] = timer;
        timer.QueueIndex = index;
    }

    private void SiftUp(ChannelTimer timer)
    {
        while (timer.QueueIndex > 0)
        {
            var index = timer.QueueIndex;
            var parent = _heap[(index - 1) / 2];
            if (parent.DueTimestamp <= timer.DueTimestamp)
            {
                return;
            }

            Place(parent, index);
            Place(timer, (index - 1) / 2);
        }
    }

    private void SiftDown(ChannelTimer timer)
    {
        while (true)
        {
            var index = timer.QueueIndex;
            var child = (2 * index) + 1;
            if (child >= Count)
            {
                return;
            }

            if (child + 1 < Count && _heap[child + 1].DueTimestamp < _heap[child].DueTimestamp)
            {
                child++;
            }

            var smaller = _heap[child];
            if (smaller.DueTimestamp >= timer.DueTimestamp)
            {
                return;
            }

            Place(smaller, index);
            Place(timer, child);
        }
    }
}
