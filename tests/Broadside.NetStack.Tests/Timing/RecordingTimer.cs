using Broadside.NetStack.Timing;

namespace Broadside.NetStack.Tests.Timing;

/// <summary>A timer that notes when it ran.</summary>
internal sealed class RecordingTimer : WheelTimer
{
    public List<TimeSpan> Ran { get; } = [];

    public Action<TimeSpan>? WhenRun { get; set; }

    protected internal override void OnDue(TimeSpan now)
    {
        Ran.Add(now);
        WhenRun?.Invoke(now);
    }
}
