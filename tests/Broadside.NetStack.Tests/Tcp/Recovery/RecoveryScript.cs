using Broadside.NetStack.Tcp.Congestion;
using Broadside.NetStack.Tcp.Recovery;

namespace Broadside.NetStack.Tests.Tcp.Recovery;

/// <summary>A sender in virtual time, told what happens in segments of a thousand bytes that are counted from zero.</summary>
internal sealed class RecoveryScript
{
    public const int Segment = 1000;

    public static readonly SequenceNumber First = new(uint.MaxValue - 5 * Segment);

    public RecoveryScript(
        bool sack = true,
        bool ecn = false,
        bool timestamps = false,
        int? roundTrip = 100,
        CongestionAlgorithm algorithm = CongestionAlgorithm.Reno,
        int? slowStartThreshold = null,
        bool handshakeTimedOut = false,
        bool paced = false,
        RecoveryOptions? options = null)
    {
        _timestamps = timestamps;
        Recovery = new(options ?? RecoveryOptions.Default);
        Recovery.Timer.Reset();
        if (roundTrip is { } sample)
        {
            Recovery.Timer.OnSample(Milliseconds(sample));
        }

        Recovery.Start(
            new()
            {
                Next = First,
                SegmentSize = Segment,
                SackPermitted = sack,
                EcnCapable = ecn,
                Algorithm = algorithm,
                SlowStartThreshold = slowStartThreshold,
                HandshakeTimedOut = handshakeTimedOut,
                IsPaced = paced,
            },
            Now);
    }

    private readonly bool _timestamps;

    public LossRecovery Recovery { get; }

    /// <summary>Milliseconds since the start.</summary>
    public double Time => Now.TotalMilliseconds;

    public TimeSpan Now { get; private set; } = Milliseconds(1000);

    /// <summary>New data that the receiver's window would allow.</summary>
    public int Sendable { get; set; } = 1_000_000;

    public double Window => (double)Recovery.CongestionWindow / Segment;

    public double Threshold => Recovery.SlowStartThreshold == int.MaxValue ? double.PositiveInfinity : (double)Recovery.SlowStartThreshold / Segment;

    public double InFlight => (double)Recovery.BytesInFlight / Segment;

    /// <summary>From now, in milliseconds.</summary>
    public double UntilDeadline => (Recovery.NextDeadline - Now).TotalMilliseconds;

    public static TimeSpan Milliseconds(double value) => TimeSpan.FromMilliseconds(value);

    public void Advance(double milliseconds) => Now += Milliseconds(milliseconds);

    /// <summary>Sends segments, each by itself.</summary>
    public void Send(int segments, double apart = 0)
    {
        for (var segment = 0; segment < segments; segment++)
        {
            Recovery.OnSent(Recovery.Next, Segment, SentKind.NewData, Now);
            Advance(apart);
        }
    }

    /// <summary>Sends what is allowed, and returns how many segments that was.</summary>
    public int SendAllowed()
    {
        var segments = 0;
        while (Recovery.NewDataAllowance(Now) >= Segment)
        {
            Send(1);
            segments++;
        }

        return segments;
    }

    /// <summary>Acknowledges all before a segment, and selectively whole runs of segments, each from one up to, and without, another.</summary>
    public AcknowledgmentOutcome Acknowledge(int segment, params (int From, int To)[] sacks) => Acknowledge(segment, null, false, sacks);

    public AcknowledgmentOutcome AcknowledgeEcho(int segment, double echoed, params (int From, int To)[] sacks) =>
        Acknowledge(segment, echoed, false, sacks);

    public AcknowledgmentOutcome AcknowledgeMarked(int segment) => Acknowledge(segment, null, true, []);

    /// <summary>Retransmits what is allowed, and returns the segments.</summary>
    public int[] Retransmit()
    {
        var sent = new List<int>();
        while (Recovery.TryGetRetransmission(Segment, out var start, out var length))
        {
            Recovery.OnSent(start, length, SentKind.Retransmission, Now);
            sent.Add((start - First) / Segment);
        }

        return [.. sent];
    }

    /// <summary>Lets time pass until something is due.</summary>
    public RecoveryTimer Expire()
    {
        Assert.NotEqual(TimeSpan.MaxValue, Recovery.NextDeadline);
        Now = Recovery.NextDeadline;
        return Recovery.OnDeadline(Now);
    }

    /// <summary>Sends the last segment as a probe, or new data.</summary>
    public void Probe(bool newData)
    {
        Assert.True(Recovery.TryGetProbe(out var start, out var length));
        Recovery.OnSent(newData ? Recovery.Next : start, newData ? Segment : length, SentKind.Probe, Now);
    }

    public static SequenceNumber At(int segment) => First + segment * Segment;

    private AcknowledgmentOutcome Acknowledge(int segment, double? echoed, bool isMarked, (int From, int To)[] sacks)
    {
        var acknowledgment = new Acknowledgment
        {
            Number = At(segment),
            Sack = new([.. sacks.Select(sack => new SackBlock(At(sack.From), At(sack.To)))]),
            EchoedAt = _timestamps && echoed is { } time ? Milliseconds(time) : null,
            EcnEcho = isMarked,
            Sendable = Sendable,
        };
        var outcome = Recovery.OnAcknowledgment(in acknowledgment, Now);
        Assert.Equal(Recovery.Outstanding > 0, Recovery.NextDeadline != TimeSpan.MaxValue);
        return outcome;
    }
}
