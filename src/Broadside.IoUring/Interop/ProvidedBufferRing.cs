using System.Diagnostics;

namespace Broadside.IoUring.Interop;

/// <summary>Buffers offered to the kernel, which takes one when bytes have come: so an idle connection holds none.</summary>
internal sealed unsafe class ProvidedBufferRing : IDisposable
{
    private readonly Ring _ring;
    private readonly ProvidedBuffer* _entries;
    private readonly nuint _length;
    private readonly int _mask;
    private readonly ushort _group;
    private ushort _tail;

    /// <param name="ring">The ring that takes from it.</param>
    /// <param name="group">What receives name it by.</param>
    /// <param name="entries">The most buffers; a power of two.</param>
    /// <param name="incremental">Whether a receive may take a part of a buffer, where the kernel can (6.12).</param>
    /// <exception cref="IoUringException">The kernel refuses.</exception>
    public ProvidedBufferRing(Ring ring, ushort group, int entries, bool incremental)
    {
        Debug.Assert(int.IsPow2(entries));
        _ring = ring;
        _group = group;
        _mask = entries - 1;
        _length = (nuint)(entries * sizeof(ProvidedBuffer));

        // Page-aligned, as the kernel requires.
        _entries = (ProvidedBuffer*)SystemCalls.Map(_length, SystemCalls.MapPrivate | SystemCalls.MapAnonymous, -1, 0);
        if (_entries is null)
        {
            throw new IoUringException("mmap", Errno.NoMemory);
        }

        var outcome = Register(incremental ? BufferRingRegistration.Incremental : (ushort)0);
        IsIncremental = incremental && outcome >= 0;
        if (incremental && outcome == -Errno.Invalid)
        {
            outcome = Register(0);
        }

        if (outcome < 0)
        {
            SystemCalls.Unmap(_entries, _length);
            throw new IoUringException("io_uring_register", -outcome);
        }
    }

    public int Capacity => _mask + 1;

    /// <summary>Whether the kernel takes a buffer bit by bit.</summary>
    public bool IsIncremental { get; }

    /// <summary>Offers a buffer.</summary>
    public void Provide(byte* address, int length, ushort id)
    {
        ref var entry = ref _entries[_tail & _mask];
        entry.Address = (ulong)address;
        entry.Length = (uint)length;
        entry.Id = id;
        Volatile.Write(ref _entries[0].Tail, ++_tail);
    }

    /// <summary>Takes the buffers back. No receive may be pending.</summary>
    public void Dispose()
    {
        var registration = new BufferRingRegistration { Group = _group };
        _ = _ring.Register(RegisterOperation.UnregisterBufferRing, &registration, 1);
        SystemCalls.Unmap(_entries, _length);
    }

    private int Register(ushort flags)
    {
        var registration = new BufferRingRegistration { Address = (ulong)_entries, Entries = (uint)Capacity, Group = _group, Flags = flags };
        return _ring.Register(RegisterOperation.BufferRing, &registration, 1);
    }
}
