using System.Runtime.InteropServices;

namespace Broadside.IoUring.Interop;

/// <summary>An entry of the submission queue (<c>io_uring_sqe</c>): fields that share a place have several names, as in the kernel's header.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct SubmissionEntry
{
    [FieldOffset(0)]
    public Opcode Opcode;

    [FieldOffset(1)]
    public EntryFlags Flags;

    /// <summary>Flags of sends and receives (<see cref="TransferFlags"/>) and of accepts (<see cref="AcceptFlags"/>): <c>ioprio</c>.</summary>
    [FieldOffset(2)]
    public ushort Modifiers;

    [FieldOffset(4)]
    public int File;

    [FieldOffset(8)]
    public ulong Offset;

    [FieldOffset(8)]
    public uint CommandOperation;

    [FieldOffset(16)]
    public ulong Address;

    [FieldOffset(16)]
    public int Level;

    [FieldOffset(20)]
    public int OptionName;

    [FieldOffset(24)]
    public uint Length;

    /// <summary>Flags of the system call the operation stands for, such as <c>MSG_WAITALL</c>.</summary>
    [FieldOffset(28)]
    public uint OperationFlags;

    [FieldOffset(32)]
    public ulong UserData;

    [FieldOffset(40)]
    public ushort BufferIndex;

    [FieldOffset(40)]
    public ushort BufferGroup;

    /// <summary>A direct descriptor's index plus one, or <see cref="AllocateFile"/>.</summary>
    [FieldOffset(44)]
    public uint FileIndex;

    [FieldOffset(44)]
    public int OptionLength;

    [FieldOffset(48)]
    public ulong OptionValue;

    public const uint AllocateFile = uint.MaxValue;
}

/// <summary>An entry of the completion queue (<c>io_uring_cqe</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CompletionEntry
{
    private const int BufferShift = 16;

    public ulong UserData;
    public int Result;
    public CompletionFlags Flags;

    /// <summary>Whether the operation goes on, so that another completion follows.</summary>
    public readonly bool HasMore => (Flags & CompletionFlags.More) != 0;

    /// <summary>Whether a provided buffer was taken.</summary>
    public readonly bool HasBuffer => (Flags & CompletionFlags.Buffer) != 0;

    public readonly ushort BufferId => (ushort)((uint)Flags >> BufferShift);
}

/// <summary>Where the parts of the submission ring lie (<c>io_sqring_offsets</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SubmissionRingOffsets
{
    public uint Head;
    public uint Tail;
    public uint Mask;
    public uint Entries;
    public uint Flags;
    public uint Dropped;
    public uint Array;
    public uint Reserved;
    public ulong UserAddress;
}

/// <summary>Where the parts of the completion ring lie (<c>io_cqring_offsets</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CompletionRingOffsets
{
    public uint Head;
    public uint Tail;
    public uint Mask;
    public uint Entries;
    public uint Overflow;
    public uint Completions;
    public uint Flags;
    public uint Reserved;
    public ulong UserAddress;
}

/// <summary>What a ring is made with and what came of it (<c>io_uring_params</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RingParameters
{
    public uint SubmissionEntries;
    public uint CompletionEntries;
    public SetupFlags Flags;
    public uint PollThreadProcessor;
    public uint PollThreadIdle;
    public uint Features;
    public uint WorkQueueFile;
    private readonly uint _reserved0;
    private readonly ulong _reserved1;
    public SubmissionRingOffsets Submission;
    public CompletionRingOffsets Completion;
}

/// <summary>The extended argument of a wait (<c>io_uring_getevents_arg</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct WaitArgument
{
    public ulong SignalMask;
    public uint SignalMaskSize;
    public uint MinimumWait;
    public TimeSpecification* Timeout;
}

/// <summary><c>__kernel_timespec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpecification
{
    public long Seconds;
    public long Nanoseconds;
}

/// <summary>Registers a table of files or buffers (<c>io_uring_rsrc_register</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ResourceRegistration
{
    public const uint Sparse = 1;

    public uint Count;
    public uint Flags;
    private readonly ulong _reserved;
    public ulong Data;
    public ulong Tags;
}

/// <summary>Changes entries of a registered table (<c>io_uring_rsrc_update2</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ResourceUpdate
{
    public uint Offset;
    private readonly uint _reserved0;
    public ulong Data;
    public ulong Tags;
    public uint Count;
    private readonly uint _reserved1;
}

/// <summary>Registers a ring's own descriptor (<c>io_uring_rsrc_update</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RingFileUpdate
{
    public uint Offset;
    private readonly uint _reserved;
    public ulong Data;
}

/// <summary>Ends pending operations at once (<c>io_uring_sync_cancel_reg</c>).</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct SynchronousCancel
{
    /// <summary>IORING_ASYNC_CANCEL_ALL: each that matches.</summary>
    public const uint All = 1 << 0;

    /// <summary>IORING_ASYNC_CANCEL_ANY: each matches.</summary>
    public const uint Any = 1 << 2;

    public ulong Address;
    public int File;
    public uint Flags;
    public TimeSpecification Timeout;
}

/// <summary>Registers a ring of provided buffers (<c>io_uring_buf_reg</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BufferRingRegistration
{
    public const ushort Incremental = 2;

    public ulong Address;
    public uint Entries;
    public ushort Group;
    public ushort Flags;
    private readonly ulong _reserved0;
    private readonly ulong _reserved1;
    private readonly ulong _reserved2;
}

/// <summary>A provided buffer (<c>io_uring_buf</c>); the last field of the first one is the ring's tail.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProvidedBuffer
{
    public ulong Address;
    public uint Length;
    public ushort Id;
    public ushort Tail;
}

/// <summary><c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public void* Base;
    public nuint Length;
}

/// <summary><c>struct msghdr</c> of the 64-bit C libraries and of the kernel, which agree in layout.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* Name;
    public uint NameLength;
    public IoVector* Vectors;
    public nuint VectorCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}

/// <summary>What precedes a datagram in a provided buffer (<c>io_uring_recvmsg_out</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ReceivedMessageHeader
{
    public uint NameLength;
    public uint ControlLength;
    public uint PayloadLength;
    public uint Flags;
}

/// <summary><c>struct linger</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Linger
{
    public int IsOn;
    public int Seconds;
}

/// <summary><c>struct rlimit</c> of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ResourceLimit
{
    public ulong Current;
    public ulong Maximum;
}
