using System.Threading.Tasks.Sources;

namespace Broadside.Connections;

/// <summary>Whole records that wait to be read by asynchronous code, and its one wait. Filled on the channel's thread, read on any.</summary>
internal sealed class ReceiveQueue : IValueTaskSource<bool>
{
    private readonly Lock _gate = new();
    private readonly Queue<Record> _records = new();
    private readonly RecordConnection _connection;
    private readonly long _capacity;
    private ManualResetValueTaskSourceCore<bool> _wait;
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _cancellationToken;
    private bool _isWaiting;
    private bool _isComplete;
    private bool _isHeld;
    private long _bytes;

    public ReceiveQueue(RecordConnection connection, long capacity, ContinuationScheduling scheduling)
    {
        _connection = connection;
        _capacity = capacity;
        _wait.RunContinuationsAsynchronously = scheduling == ContinuationScheduling.ThreadPool;
    }

    /// <summary>Reads all records of a batch there is room for; the rest stays with the connection, which is then held.</summary>
    public void Fill(ref RecordBatch records)
    {
        var added = false;
        while (HasRoom() && records.TryRead(out var received))
        {
            var record = received.ToRecord();
            lock (_gate)
            {
                if (_isComplete)
                {
                    record.Dispose();
                    return;
                }

                _bytes += record.Length;
                _records.Enqueue(record);
                added = true;
            }
        }

        if (added)
        {
            Signal(true);
        }
    }

    public bool TryRead(out Record record)
    {
        var resume = false;
        lock (_gate)
        {
            if (!_records.TryDequeue(out record))
            {
                return false;
            }

            _bytes -= record.Length;
            if (_isHeld && _bytes <= _capacity / 2)
            {
                _isHeld = false;
                resume = true;
            }
        }

        if (resume)
        {
            ConnectionWork.PostResumeUnread(_connection);
        }

        return true;
    }

    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_records.Count > 0)
            {
                return new ValueTask<bool>(true);
            }

            if (_isComplete)
            {
                return new ValueTask<bool>(false);
            }

            if (cancellationToken.IsCancellationRequested)
            {
                return ValueTask.FromCanceled<bool>(cancellationToken);
            }

            if (_isWaiting)
            {
                throw new InvalidOperationException("Another wait for this connection's records is under way: one reader at a time.");
            }

            _isWaiting = true;
            _wait.Reset();
            _cancellationToken = cancellationToken;
        }

        var task = new ValueTask<bool>(this, _wait.Version);
        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.UnsafeRegister(static state => ((ReceiveQueue)state!).Cancel(), this);
        }

        return task;
    }

    /// <summary>Nothing more will come; what is here can still be read.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
        }

        Signal(false);
    }

    /// <summary>Nothing more will be read.</summary>
    public void DisposeUnread()
    {
        Complete();
        while (TryRead(out var record))
        {
            record.Dispose();
        }
    }

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        _cancellation.Dispose();
        return _wait.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    private bool HasRoom()
    {
        lock (_gate)
        {
            _isHeld = _bytes >= _capacity;
            return !_isHeld;
        }
    }

    private void Signal(bool result)
    {
        if (TryEndWait())
        {
            _wait.SetResult(result);
        }
    }

    private void Cancel()
    {
        if (TryEndWait())
        {
            _wait.SetException(new OperationCanceledException(_cancellationToken));
        }
    }

    private bool TryEndWait()
    {
        lock (_gate)
        {
            var waiting = _isWaiting;
            _isWaiting = false;
            return waiting;
        }
    }
}
