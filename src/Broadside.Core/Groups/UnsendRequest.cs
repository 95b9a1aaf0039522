using System.Threading.Tasks.Sources;

namespace Broadside.Groups;

/// <summary>A withdrawal under way: complete when each channel has acknowledged it. Pooled.</summary>
internal sealed class UnsendRequest : IValueTaskSource<UnsendResult>
{
    private readonly Dictionary<long, int> _found = [];
    private ManualResetValueTaskSourceCore<UnsendResult> _source;
    private int _outstanding;
    private int _withdrawn;

    /// <summary>The priority of the send to withdraw.</summary>
    public int Priority { get; private set; }

    /// <summary>The send to withdraw; 0 to withdraw by record.</summary>
    public long Sequence { get; private set; }

    /// <summary>A channel must have dispatched everything up to this sequence before it looks.</summary>
    public long Through { get; private set; }

    /// <summary>The record whose sends are to be withdrawn.</summary>
    public long RecordId { get; private set; }

    public static UnsendRequest Rent(in SendReceipt receipt, ContinuationScheduling scheduling)
    {
        var request = Rent(scheduling);
        request.Priority = receipt.Priority;
        request.Sequence = request.Through = receipt.Sequence;
        request._found[receipt.Sequence] = receipt.Members;
        return request;
    }

    /// <param name="recordId">The record.</param>
    /// <param name="through">The sequence of the last send that came before.</param>
    /// <param name="scheduling">Where its waiter goes on.</param>
    public static UnsendRequest Rent(long recordId, long through, ContinuationScheduling scheduling)
    {
        var request = Rent(scheduling);
        request.Sequence = 0;
        request.Through = through;
        request.RecordId = recordId;
        return request;
    }

    private static UnsendRequest Rent(ContinuationScheduling scheduling)
    {
        var request = Pool.Rent<UnsendRequest>();
        request._source.RunContinuationsAsynchronously = scheduling == ContinuationScheduling.ThreadPool;
        return request;
    }

    public ValueTask<UnsendResult> Start(GroupShard[] shards)
    {
        // One more than there are channels, so that it cannot complete before all were asked.
        _outstanding = shards.Length + 1;
        var task = new ValueTask<UnsendResult>(this, _source.Version);
        foreach (var shard in shards)
        {
            if (!UnsendWork.TryPost(this, shard))
            {
                Acknowledge();
            }
        }

        Acknowledge();
        return task;
    }

    /// <summary>Counts what one channel withdrew of one send.</summary>
    public void Count(long sequence, int members, int withdrawn)
    {
        lock (_found)
        {
            _found[sequence] = members;
            _withdrawn += withdrawn;
        }
    }

    /// <summary>One channel is done.</summary>
    public void Acknowledge()
    {
        if (Interlocked.Decrement(ref _outstanding) == 0)
        {
            var members = 0;
            foreach (var count in _found.Values)
            {
                members += count;
            }

            _source.SetResult(new UnsendResult(_withdrawn, members - _withdrawn));
        }
    }

    UnsendResult IValueTaskSource<UnsendResult>.GetResult(short token)
    {
        var result = _source.GetResult(token);
        _source.Reset();
        _found.Clear();
        _withdrawn = 0;
        Pool<UnsendRequest>.Return(this);
        return result;
    }

    ValueTaskSourceStatus IValueTaskSource<UnsendResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<UnsendResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
