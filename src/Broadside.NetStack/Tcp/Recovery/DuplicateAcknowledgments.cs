namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>
/// What duplicate acknowledgments tell where there is no SACK: each says that a segment has left the network, the third that the first is
/// missing (RFC 5681 section 3.2, RFC 6582).
/// </summary>
internal struct DuplicateAcknowledgments
{
    private const int Threshold = 3;

    private int _count;

    public readonly bool IsLossIndicated => _count >= Threshold;

    public void Reset() => _count = 0;

    public void OnDuplicate() => _count++;

    /// <summary>
    /// What has left the network, as far as it was sent. Counted as such, the first two allow limited transmit (RFC 3042) and later ones
    /// stand for the inflation of the window (RFC 6582 section 3.2 steps 2 and 3).
    /// </summary>
    public readonly int Bytes(int segmentSize, int inFlight) => (int)Math.Min((long)_count * segmentSize, inFlight);

    /// <summary>A partial acknowledgment covers the segment it was missing, and those counted that lie behind it (RFC 6582 section 3.2 step 3).</summary>
    public void OnPartial(int acknowledged, int segmentSize) =>
        _count = Math.Max(0, _count - (Math.Max(0, acknowledged - segmentSize) / segmentSize));
}
