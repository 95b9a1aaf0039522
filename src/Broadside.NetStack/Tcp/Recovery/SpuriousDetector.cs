using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>
/// Whether what was retransmitted since the last reduction had arrived all the same: by the timestamp that the first acknowledgment
/// echoes (Eifel, RFC 3522), or because the receiver has reported each of them as a duplicate (RFC 2883, RFC 3708).
/// </summary>
internal struct SpuriousDetector
{
    private SequenceNumber _start;
    private TimeSpan? _firstRetransmission;
    private long _unproven;
    private bool _isArmed;
    private bool _awaitsFirst;

    /// <summary>A reduction, from which <paramref name="start"/> is the first number outstanding.</summary>
    public void Start(SequenceNumber start) =>
        (_start, _firstRetransmission, _unproven, _isArmed, _awaitsFirst) = (start, null, 0, true, true);

    public void Stop() => _isArmed = false;

    public void OnRetransmitted(int length, TimeSpan now)
    {
        _firstRetransmission ??= now;
        _unproven += length;
    }

    /// <summary>RFC 3522 section 3.2, step 5: only the first acknowledgment that advances tells.</summary>
    public bool OnAcknowledged(bool advances, TimeSpan? echoedAt, TimeSpan granularity)
    {
        if (!_isArmed || !advances || !_awaitsFirst || _firstRetransmission is not { } retransmittedAt)
        {
            return false;
        }

        _awaitsFirst = false;
        return echoedAt <= retransmittedAt - granularity;
    }

    public bool OnDuplicateSack(SackBlock block)
    {
        if (!_isArmed || _firstRetransmission is null || block.LeftEdge < _start)
        {
            return false;
        }

        _unproven -= block.RightEdge - block.LeftEdge;
        return _unproven <= 0;
    }
}
