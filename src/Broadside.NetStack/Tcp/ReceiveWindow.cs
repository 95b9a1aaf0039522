using System.Diagnostics;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <summary>
/// How much the peer may send: the right edge that was advertised, which never moves back (RFC 9293 section 3.8.6), and the buffer behind
/// it, which grows so that it never is what limits the peer (after Fisk and Feng's dynamic right-sizing: twice what a round trip brings).
/// </summary>
internal struct ReceiveWindow
{
    private int _maximum;
    private TimeSpan _measuredSince;
    private SequenceNumber _measuredFrom;

    /// <summary>How many received bytes may wait to be read.</summary>
    public int Buffer { get; private set; }

    /// <summary>By how many bits our windows are shifted; zero if the peer does not scale.</summary>
    public byte Scale { get; private set; }

    /// <summary>The first number that the peer may not send.</summary>
    public SequenceNumber RightEdge { get; private set; }

    public static byte ScaleFor(int maximum)
    {
        var scale = 0;
        while (scale < TcpOptions.MaximumWindowScale && ushort.MaxValue << scale < maximum)
        {
            scale++;
        }

        return (byte)scale;
    }

    public void Start(int buffer, int maximum, byte scale, SequenceNumber next, TimeSpan now)
    {
        Scale = scale;
        _maximum = Math.Min(maximum, ushort.MaxValue << scale);
        Buffer = Math.Min(buffer, _maximum);
        RightEdge = next;
        _measuredFrom = next;
        _measuredSince = now;
    }

    /// <summary>Takes over what was advertised before there was a connection.</summary>
    public void RestoreEdge(SequenceNumber edge) => RightEdge = edge;

    /// <summary>The window to write into a header, not scaled, by which the right edge moves.</summary>
    /// <param name="next">RCV.NXT.</param>
    /// <param name="unread">Bytes waiting to be read.</param>
    /// <param name="segmentSize">What the peer's segments are thought to hold.</param>
    /// <param name="isSyn">Windows in segments with SYN are not scaled (RFC 7323 section 2.2).</param>
    public ushort Advertise(SequenceNumber next, int unread, int segmentSize, bool isSyn)
    {
        var edge = CandidateEdge(next, unread, segmentSize);
        var shift = isSyn ? 0 : Scale;

        // Rounded up, as rounding down would move the edge back (RFC 7323 section 2.4); but not again and again, or small segments would
        // move it on for ever.
        var granule = 1 << shift;
        var window = (edge - next + granule - 1) >> shift;
        if (unread + (window << shift) > Buffer + granule)
        {
            window = (edge - next) >> shift;
        }

        window = Math.Min(window, ushort.MaxValue);
        RightEdge = SequenceNumber.Max(RightEdge, next + (window << shift));
        return (ushort)window;
    }

    /// <summary>Whether so much has been read that the peer should hear of it without having sent anything (RFC 9293 section 3.8.6.2.2).</summary>
    public readonly bool DeservesUpdate(SequenceNumber next, int unread, int segmentSize)
    {
        var advertised = RightEdge - next;
        var gain = CandidateEdge(next, unread, segmentSize) - RightEdge;
        return gain > 0 && (gain >= Buffer / 2 || advertised < 2 * segmentSize || gain >= 2 * advertised);
    }

    /// <summary>Looks, once a round trip, whether the peer sends as much as fits.</summary>
    /// <param name="read">The next byte to be read.</param>
    /// <param name="roundTrip">Zero if it is not known.</param>
    /// <param name="now">The time.</param>
    public void Tune(SequenceNumber read, TimeSpan roundTrip, TimeSpan now)
    {
        if (roundTrip <= TimeSpan.Zero || now - _measuredSince < roundTrip)
        {
            return;
        }

        var wanted = (long)(read - _measuredFrom) * 2;
        if (wanted > Buffer)
        {
            Buffer = (int)Math.Min(wanted, _maximum);
        }

        _measuredFrom = read;
        _measuredSince = now;
    }

    // The silly window syndrome's cure at the receiver: the edge stays until it can move by a segment or half the buffer.
    private readonly SequenceNumber CandidateEdge(SequenceNumber next, int unread, int segmentSize)
    {
        Debug.Assert(unread >= 0);
        var edge = next + Math.Max(0, Buffer - unread);
        return edge - RightEdge >= Math.Min(Buffer / 2, segmentSize) ? edge : SequenceNumber.Max(RightEdge, next);
    }
}
