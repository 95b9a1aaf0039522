namespace Broadside.NetStack.Tcp.Congestion;

/// <summary>What distinguishes one congestion control from another: how the window grows in congestion avoidance and by how much it shrinks.</summary>
internal interface ICongestionControl
{
    void Start(int segmentSize);

    /// <summary>The window after <paramref name="acknowledged"/> bytes in congestion avoidance.</summary>
    int Increase(int window, int acknowledged, TimeSpan roundTrip, TimeSpan now);

    /// <summary>The slow start threshold after congestion, where <paramref name="flight"/> bytes were outstanding.</summary>
    int Reduce(int window, int flight);

    /// <summary>The same after a retransmission timeout.</summary>
    int ReduceOnTimeout(int window, int flight);

    /// <summary>The window is not what limits the sender: it does not grow.</summary>
    void OnNotLimited(TimeSpan now);

    void OnSegmentSizeChanged(int segmentSize);

    /// <summary>Remembers its state before a reduction that may prove spurious.</summary>
    void Save();

    void Restore();
}
