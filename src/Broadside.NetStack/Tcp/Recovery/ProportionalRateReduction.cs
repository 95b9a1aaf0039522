namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>
/// How much may be sent in fast recovery, so that the flight shrinks to the slow start threshold in step with what is delivered
/// (RFC 9937, which obsoletes RFC 6937).
/// </summary>
internal struct ProportionalRateReduction
{
    private long _delivered;
    private long _sent;
    private long _flightAtStart;

    /// <summary>Section 6.1: <paramref name="flight"/> is what this recovery can still see delivered.</summary>
    public void Start(int flight)
    {
        (_delivered, _sent) = (0, 0);
        _flightAtStart = Math.Max(1, flight);
    }

    public void OnSent(int length) => _sent += length;

    /// <summary>Section 6.2: how much may be sent on an acknowledgment.</summary>
    public int OnAcknowledged(int delivered, int inFlight, int slowStartThreshold, int segmentSize, bool isSafe)
    {
        _delivered += delivered;
        long allowed;
        if (inFlight > slowStartThreshold)
        {
            allowed = (((_delivered * slowStartThreshold) + _flightAtStart - 1) / _flightAtStart) - _sent;
        }
        else
        {
            // The conservative bound, and the slow start one where nothing speaks of further loss.
            allowed = Math.Max(_delivered - _sent, delivered) + (isSafe ? segmentSize : 0);
            allowed = Math.Min(allowed, slowStartThreshold - inFlight);
        }

        // The fast retransmit itself always goes, and so does a segment where no other could bring an acknowledgment.
        return (int)Math.Clamp(allowed, _sent == 0 || inFlight == 0 ? segmentSize : 0, int.MaxValue);
    }
}
