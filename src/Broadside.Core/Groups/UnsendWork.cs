using Broadside.Channels;

namespace Broadside.Groups;

/// <summary>One channel's part of a withdrawal: runs after the channel has dispatched what was sent before it, and before it binds.</summary>
internal sealed class UnsendWork : ChannelWork
{
    private readonly List<(long Sequence, int Members)> _sends = [];
    private UnsendRequest _request = null!;
    private GroupShard _shard = null!;

    public static bool TryPost(UnsendRequest request, GroupShard shard)
    {
        var work = Pool.Rent<UnsendWork>();
        work._request = request;
        work._shard = shard;
        if (shard.Dispatcher.Post(work))
        {
            return true;
        }

        Pool<UnsendWork>.Return(work);
        return false;
    }

    /// <summary>Withdraws, if the channel has dispatched far enough.</summary>
    public bool TryRun(long dispatched)
    {
        if (_request.Through > dispatched || _shard.BlockedAt <= _request.Through)
        {
            return false;
        }

        for (var log = _shard.Logs; log is not null; log = log.Next)
        {
            if (_request.Sequence == 0)
            {
                WithdrawRecord(log);
            }
            else if (log.Priority == _request.Priority && log.TryWithdraw(_request.Sequence, out var members, out var receivers))
            {
                _request.Count(_request.Sequence, members, receivers);
            }
        }

        var request = _request;
        _request = null!;
        _shard = null!;
        Pool<UnsendWork>.Return(this);
        request.Acknowledge();
        return true;
    }

    protected internal override void Run() => _shard.Dispatcher.AddUnsend(this);

    private void WithdrawRecord(ShardLog log)
    {
        log.FindRecord(_request.RecordId, _sends);
        foreach (var (sequence, _) in _sends)
        {
            if (log.TryWithdraw(sequence, out var members, out var receivers))
            {
                _request.Count(sequence, members, receivers);
            }
        }

        _sends.Clear();
    }
}
