using System.Diagnostics;
using Broadside.NetStack.Devices.Interop;

namespace Broadside.NetStack.Devices;

/// <summary>
/// A ring between the kernel and us, of which one produces and the other consumes (Documentation/networking/af_xdp.rst). Its capacity is
/// a power of two; positions run on and wrap around.
/// </summary>
internal sealed unsafe class XdpRing<T> : IDisposable
    where T : unmanaged
{
    private const uint NeedWakeUp = 1;

    private readonly MappedMemory _memory;
    private readonly uint* _producer;
    private readonly uint* _consumer;
    private readonly uint* _flags;
    private readonly T* _entries;
    private readonly uint _mask;

    // Ours of the two positions; what is before it may not have been published yet.
    private uint _position;

    public XdpRing(MappedMemory memory, in XdpRingOffsets offsets, int capacity)
    {
        Debug.Assert(int.IsPow2(capacity));
        _memory = memory;
        _producer = (uint*)(memory.Pointer + offsets.Producer);
        _consumer = (uint*)(memory.Pointer + offsets.Consumer);
        _flags = (uint*)(memory.Pointer + offsets.Flags);
        _entries = (T*)(memory.Pointer + offsets.Descriptors);
        _mask = (uint)capacity - 1;
    }

    /// <summary>How many entries we, producing, may still add.</summary>
    public int Room => (int)(_mask + 1 - Unconsumed);

    /// <summary>How many entries that we have added the kernel has not taken yet.</summary>
    public uint Unconsumed => _position - Volatile.Read(ref *_consumer);

    /// <summary>How many entries there are for us, consuming.</summary>
    public int Available => (int)(Volatile.Read(ref *_producer) - _position);

    /// <summary>Whether the kernel has to be told of what is published.</summary>
    public bool NeedsWakeUp
    {
        get
        {
            // What was published must be seen by a kernel that has just decided to sleep.
            Interlocked.MemoryBarrier();
            return (Volatile.Read(ref *_flags) & NeedWakeUp) != 0;
        }
    }

    /// <summary>The next entry, to be filled in or read.</summary>
    public T* Next() => &_entries[_position++ & _mask];

    /// <summary>Hands the entries passed by <see cref="Next"/> to the kernel, to consume them.</summary>
    public void PublishProduced() => Volatile.Write(ref *_producer, _position);

    /// <summary>Gives the entries passed by <see cref="Next"/> back to the kernel, to produce in their place.</summary>
    public void PublishConsumed() => Volatile.Write(ref *_consumer, _position);

    public void Dispose() => _memory.Dispose();
}

/// <summary><c>struct xdp_desc</c>: a frame.</summary>
internal struct XdpDescriptor
{
    /// <summary>Where it begins in the memory of frames.</summary>
    public ulong Address;
    public uint Length;
    public uint Options;
}

/// <summary><c>struct xdp_ring_offset</c>: where in a ring's memory its parts are.</summary>
internal struct XdpRingOffsets
{
    public ulong Producer;
    public ulong Consumer;
    public ulong Descriptors;
    public ulong Flags;
}
