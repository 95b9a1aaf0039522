using Broadside.PacketScripts.Parsing;

namespace Broadside.PacketScripts.Running;

/// <summary>Turns the times of events into times since the start, and judges how far from them things happened.</summary>
internal sealed class EventClock(TimeSpan tolerance, double toleranceFraction)
{
    private TimeSpan? _previous;

    /// <summary>When the event begun last was to happen.</summary>
    public TimeSpan Start { get; private set; }

    public TimeSpan End { get; private set; }

    /// <summary>What relative times of this event count from.</summary>
    public TimeSpan Origin { get; private set; }

    private TimeSpan Tolerance => _previous is { } previous && (Start - previous) * toleranceFraction is var relative && relative > tolerance
        ? relative
        : tolerance;

    /// <summary>The latest moment at which the event is still in time.</summary>
    public TimeSpan Latest => End + Tolerance;

    public void Begin(EventTime time, TimeSpan now, bool isFirst)
    {
        _previous = isFirst ? null : Start;
        Origin = time.IsRelative ? now : TimeSpan.Zero;
        Start = Origin + time.Start;
        End = Origin + time.End;
    }

    /// <summary>Whether a moment is the event's, within the tolerance.</summary>
    public bool IsInTime(TimeSpan moment) => moment >= Start - Tolerance && moment <= Latest;

    /// <summary>Whether a call that was to return at a moment did so in time.</summary>
    public bool IsInTime(TimeSpan expected, TimeSpan moment) => (moment - expected).Duration() <= tolerance;

    public TimeSpan LatestFor(TimeSpan expected) => expected + tolerance;
}
