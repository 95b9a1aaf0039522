using Broadside.NetStack.Wire;

namespace Broadside.PacketScripts.Running;

/// <summary>Moves virtual time, and collects what the stack sends meanwhile.</summary>
/// <param name="stack">The stack.</param>
/// <param name="progressed">Called whenever something may have happened: a call that blocks may be able to go on.</param>
internal sealed class StackDriver(IStackUnderTest stack, Action progressed)
{
    /// <summary>A stack that does something at the same instant more often than this has run wild.</summary>
    private const int MaximumStepsAtOnce = 10_000;

    private const int MaximumCaptured = 1 << 20;

    private readonly Queue<CapturedPacket> _captured = new();

    /// <summary>What was sent and not taken yet.</summary>
    public Queue<CapturedPacket> Captured => _captured;

    /// <summary>The time, zero being the script's start.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>When a call that blocks has to be tried again; null if nothing but the stack can wake it.</summary>
    public TimeSpan? CallDeadline { get; set; }

    /// <summary>Lets time pass up to a moment, or until there is a packet if one is waited for.</summary>
    public void AdvanceTo(TimeSpan time, bool stopAtPacket = false)
    {
        var steps = 0;
        while (NextDeadline is { } deadline && deadline <= time && !(stopAtPacket && _captured.Count > 0))
        {
            steps = deadline <= Now ? steps + 1 : 0;
            if (steps > MaximumStepsAtOnce)
            {
                throw new ScriptFailedException($"the stack's timers do not come to rest at {Now.TotalSeconds} s");
            }

            Step(deadline);
        }

        if (!(stopAtPacket && _captured.Count > 0))
        {
            Step(time);
        }
    }

    public void Inject(ReadOnlySpan<byte> packet)
    {
        stack.Inject(packet, Now);
        Settle();
    }

    /// <summary>Collects what a socket call led to.</summary>
    public void Settle()
    {
        Collect();
        progressed();
        Collect();
    }

    private TimeSpan? NextDeadline => (stack.NextDeadline, CallDeadline) switch
    {
        ({ } stackDeadline, { } callDeadline) => stackDeadline < callDeadline ? stackDeadline : callDeadline,
        (var stackDeadline, var callDeadline) => stackDeadline ?? callDeadline,
    };

    private void Step(TimeSpan time)
    {
        Now = time > Now ? time : Now;
        stack.Advance(Now);
        Settle();
    }

    private void Collect()
    {
        while (stack.TryTakeOutgoing(out var packet))
        {
            if (_captured.Count == MaximumCaptured)
            {
                throw new ScriptFailedException($"the stack sent more than {MaximumCaptured} packets that nobody expects");
            }

            _captured.Enqueue(PacketDecoder.Decode(packet, Now));
        }
    }
}
