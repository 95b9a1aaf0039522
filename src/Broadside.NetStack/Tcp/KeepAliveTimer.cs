namespace Broadside.NetStack.Tcp;

/// <summary>Probes a peer of which nothing was heard for long (RFC 9293 section 3.8.4, RFC 1122 section 4.2.3.6).</summary>
internal struct KeepAliveTimer
{
    private readonly KeepAliveOptions? _options;
    private int _probes;

    public KeepAliveTimer(KeepAliveOptions? options, TimeSpan now)
    {
        _options = options;
        Deadline = options is null ? TimeSpan.MaxValue : now + options.Idle;
    }

    public TimeSpan Deadline { get; private set; }

    /// <summary>Whether so many probes went unanswered that the peer is taken for gone.</summary>
    public readonly bool IsExhausted => _options is not null && _probes >= _options.Probes;

    public void OnHeard(TimeSpan now)
    {
        if (_options is not null)
        {
            _probes = 0;
            Deadline = now + _options.Idle;
        }
    }

    /// <summary>Data in flight test the peer already.</summary>
    public void Postpone(TimeSpan now) => OnHeard(now);

    public void OnProbed(TimeSpan now)
    {
        _probes++;
        Deadline = now + _options!.Interval;
    }
}
