using System.Diagnostics;

namespace Broadside.NetStack.Devices;

/// <summary>
/// The words in a wire's memory that one side tells the other by. None is ever believed: whoever is at the other end may write anything
/// anywhere.
/// </summary>
internal readonly unsafe struct WireSide(byte* memory)
{
    private const int CacheLines = 128;

    /// <summary>How often this side has been taken, and in the lowest bit whether it is.</summary>
    public uint* Presence => (uint*)memory;

    /// <summary>Changes to wake this side.</summary>
    public uint* Doorbell => (uint*)(memory + CacheLines);

    /// <summary>What this side sleeps for, a <see cref="SleepReason"/>; zero while it is awake.</summary>
    public uint* Sleeping => (uint*)(memory + CacheLines + sizeof(uint));

    /// <summary>How many packets this side has put into its ring.</summary>
    public ulong* Written => (ulong*)(memory + (2 * CacheLines));

    /// <summary>How many packets this side has taken from the other's ring.</summary>
    public ulong* Taken => (ulong*)(memory + (3 * CacheLines));

    /// <summary>Wakes this side, whatever it is doing.</summary>
    public void Ring()
    {
        // The changed word keeps a sleeper from falling asleep that has decided to but not got there yet.
        Interlocked.Increment(ref *Doorbell);
        SharedMemoryCalls.Wake(Doorbell);
    }

    /// <summary>
    /// Wakes this side if it sleeps for what has just been published; one that is awake costs no system call. The sleeper says that it
    /// sleeps and then looks again for what it waits for, the waker publishes and then looks whether anybody sleeps. Each needs a full
    /// barrier between its write and its read, which processors otherwise exchange: without, both could read what was before.
    /// </summary>
    public void RingIfAsleep(SleepReason published)
    {
        Interlocked.MemoryBarrier();
        if ((Volatile.Read(ref *Sleeping) & (uint)published) != 0 && Interlocked.Exchange(ref *Sleeping, 0) != 0)
        {
            Ring();
        }
    }

    /// <summary>Says that this side is about to sleep, and for what. Then it looks once more, and sleeps or stays up.</summary>
    /// <returns>The doorbell as it is now.</returns>
    public uint PrepareToSleep(SleepReason reason)
    {
        Debug.Assert(reason != SleepReason.None);
        var seen = Volatile.Read(ref *Doorbell);
        Interlocked.Exchange(ref *Sleeping, (uint)reason);
        return seen;
    }

    public void StayUp() => Volatile.Write(ref *Sleeping, 0);
}

/// <summary>What a side of a wire sleeps for.</summary>
[Flags]
internal enum SleepReason : uint
{
    None = 0,
    Packets = 1,
    Room = 2,
}
