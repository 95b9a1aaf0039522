using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Simulation.Paths;

/// <summary>A device that takes a few frames at a time and then none for a while.</summary>
internal sealed class TightQueue(PacketDevice inner, int capacity, TimeSpan pause, VirtualClock clock) : PacketMiddleware(inner)
{
    private int _taken;
    private TimeSpan _emptyAt = TimeSpan.MaxValue;

    /// <summary>How often there was no room.</summary>
    public int Refusals { get; private set; }

    public override long NextDue => Math.Min(Inner.NextDue, _emptyAt.Ticks);

    public override bool TryTransmit(in OutgoingFrame frame)
    {
        Drain();
        if (_taken == capacity)
        {
            Refusals++;
            return false;
        }

        if (++_taken == capacity)
        {
            _emptyAt = clock.Now + pause;
        }

        return Inner.TryTransmit(frame);
    }

    public override void Flush()
    {
        Inner.Flush();
        Drain();
    }

    private void Drain()
    {
        if (clock.Now >= _emptyAt)
        {
            (_taken, _emptyAt) = (0, TimeSpan.MaxValue);
        }
    }
}
