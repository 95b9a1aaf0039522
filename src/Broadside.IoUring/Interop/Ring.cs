using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Broadside.IoUring.Interop;

/// <summary>
/// A submission and a completion queue shared with the kernel. Made, used and released on one thread, which is what lets the kernel
/// leave out locking and run its part of the work only when that thread asks for completions.
/// </summary>
internal sealed unsafe class Ring : IDisposable
{
    /// <summary>
    /// Every flag is needed: one issuer and deferred task work for batching, no submission array for its cache lines (6.6), and
    /// <see cref="SetupFlags.TaskRunFlag"/> so that a look into memory tells whether entering would bring anything.
    /// </summary>
    public const SetupFlags Flags = SetupFlags.CompletionSize | SetupFlags.Clamp | SetupFlags.SubmitAll | SetupFlags.TaskRunFlag
        | SetupFlags.SingleIssuer | SetupFlags.DeferTaskRun | SetupFlags.NoSubmissionArray;

    /// <summary>Places for operations in a channel's ring.</summary>
    public const int DefaultSubmissions = 1024;

    /// <summary>Places for completions in a channel's ring, unless options say otherwise.</summary>
    public const int DefaultCompletions = 8192;

    private const long EntriesOffset = 0x10000000;
    private const int ScratchSize = 128 * 1024;
    private const int FlushAttempts = 1000;

    private readonly byte* _rings;
    private readonly nuint _ringsLength;
    private readonly SubmissionEntry* _entries;
    private readonly nuint _entriesLength;
    private readonly uint* _submissionHead;
    private readonly uint* _submissionTail;
    private readonly uint* _submissionFlags;
    private readonly uint _submissionMask;
    private readonly uint* _completionHead;
    private readonly uint* _completionTail;
    private readonly CompletionEntry* _completions;
    private readonly uint _completionMask;
    private readonly byte* _scratch;
    private readonly EnterFlags _enterFlags;
    private int _enterFile;
    private int _scratchUsed;
    private bool _isAbandoned;
    private uint _tail;
    private uint _head;

    static Ring()
    {
        Debug.Assert(sizeof(SubmissionEntry) == 64 && sizeof(CompletionEntry) == 16 && sizeof(RingParameters) == 120);
        Debug.Assert(sizeof(ResourceRegistration) == 32 && sizeof(ResourceUpdate) == 32 && sizeof(BufferRingRegistration) == 40);
        Debug.Assert(sizeof(ProvidedBuffer) == 16 && sizeof(WaitArgument) == 24 && sizeof(MessageHeader) == 56);
        Debug.Assert(sizeof(SynchronousCancel) == 64);
    }

    /// <exception cref="IoUringException">The kernel refuses.</exception>
    public Ring(int submissionEntries, int completionEntries, RingCounters? counters = null)
    {
        Counters = counters ?? new RingCounters();
        var parameters = new RingParameters { Flags = Flags, CompletionEntries = (uint)completionEntries };
        File = SystemCalls.Setup((uint)submissionEntries, ref parameters);
        if (File < 0)
        {
            throw IoUringException.OfSetup(-File);
        }

        // Both rings share one mapping since Linux 5.4; the completions come last in it.
        _ringsLength = parameters.Completion.Completions + (parameters.CompletionEntries * (nuint)sizeof(CompletionEntry));
        _entriesLength = parameters.SubmissionEntries * (nuint)sizeof(SubmissionEntry);
        _rings = SystemCalls.Map(_ringsLength, SystemCalls.MapShared | SystemCalls.MapPopulate, File, 0);
        _entries = (SubmissionEntry*)SystemCalls.Map(_entriesLength, SystemCalls.MapShared | SystemCalls.MapPopulate, File, EntriesOffset);
        if (_rings is null || _entries is null)
        {
            Dispose();
            throw new IoUringException("mmap", Errno.NoMemory);
        }

        _submissionHead = (uint*)(_rings + parameters.Submission.Head);
        _submissionTail = (uint*)(_rings + parameters.Submission.Tail);
        _submissionFlags = (uint*)(_rings + parameters.Submission.Flags);
        _submissionMask = parameters.SubmissionEntries - 1;
        _completionHead = (uint*)(_rings + parameters.Completion.Head);
        _completionTail = (uint*)(_rings + parameters.Completion.Tail);
        _completions = (CompletionEntry*)(_rings + parameters.Completion.Completions);
        _completionMask = parameters.CompletionEntries - 1;
        _scratch = (byte*)NativeMemory.AlignedAlloc(ScratchSize, 64);
        (_enterFile, _enterFlags) = RegisterOwnFile();
    }

    /// <summary>The ring's descriptor, by which other rings send it messages.</summary>
    public int File { get; }

    /// <summary>What the ring has done.</summary>
    public RingCounters Counters { get; }

    /// <summary>Entries written and not yet taken by the kernel.</summary>
    public uint Pending => _tail - Volatile.Read(ref *_submissionHead);

    /// <summary>Whether completions can be taken without entering the kernel.</summary>
    public bool HasCompletions => _head != Volatile.Read(ref *_completionTail);

    /// <summary>Whether the kernel has work it does only when entered, or completions that found no room.</summary>
    public bool HasDeferredWork => Volatile.Read(ref *_submissionFlags) != 0;

    private uint Capacity => _submissionMask + 1;

    /// <summary>Makes room for entries that must be submitted together, being linked, and for what they refer to.</summary>
    /// <param name="entries">How many entries.</param>
    /// <param name="scratchLength">Bytes of scratch memory.</param>
    public void Reserve(int entries, int scratchLength = 0)
    {
        Debug.Assert(scratchLength <= ScratchSize);
        if (Pending + (uint)entries > Capacity || _scratchUsed + scratchLength > ScratchSize)
        {
            Flush();
        }
    }

    /// <summary>Memory for what the kernel copies when it takes an entry: good until then. <see cref="Reserve"/> first.</summary>
    public byte* TakeScratch(int length)
    {
        var memory = _scratch + _scratchUsed;
        _scratchUsed += (length + 7) & ~7;
        return memory;
    }

    /// <summary>The next entry, cleared.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref SubmissionEntry Next()
    {
        if (Pending == Capacity)
        {
            Flush();
        }

        ref var entry = ref _entries[_tail++ & _submissionMask];
        entry = default;
        return ref entry;
    }

    /// <summary>Takes a completion.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(out CompletionEntry completion)
    {
        if (!HasCompletions)
        {
            completion = default;
            return false;
        }

        completion = _completions[_head & _completionMask];
        Volatile.Write(ref *_completionHead, ++_head);
        Counters.Completions++;
        return true;
    }

    /// <summary>Submits everything and has the kernel do what it deferred, without waiting.</summary>
    public void Submit() => Enter(0, null, 0);

    /// <summary>Submits everything and waits for a completion, for at most so long; a negative time waits for ever.</summary>
    public void SubmitAndWait(TimeSpan timeout)
    {
        if (timeout < TimeSpan.Zero)
        {
            Enter(1, null, 0);
            return;
        }

        // Rounded up to the next tick: a timer is never early.
        var ticks = timeout.Ticks + 1;
        var time = new TimeSpecification
        {
            Seconds = ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
        };
        var argument = new WaitArgument { Timeout = &time };
        Enter(1, &argument, sizeof(WaitArgument));
    }

    /// <summary>Registers something with the ring; a negative error number where that fails.</summary>
    public int Register(RegisterOperation operation, void* argument, uint count) => SystemCalls.Register(File, operation, argument, count);

    /// <summary>
    /// Has the kernel end all that is pending, which it does here and now (<c>io_sync_cancel</c>), and close the direct descriptors, which
    /// else would wait for the last zero-copy send (<c>io_ring_exit_work</c>). It touches none of the memory given to it any more, apart
    /// from what such a send has still to transmit. What is submitted from now on goes nowhere.
    /// </summary>
    public void Abandon()
    {
        var everything = new SynchronousCancel { File = -1, Flags = SynchronousCancel.All | SynchronousCancel.Any, Timeout = { Seconds = 1 } };
        _ = Register(RegisterOperation.SynchronousCancel, &everything, 1);
        _ = Register(RegisterOperation.UnregisterFiles, null, 0);
        _isAbandoned = true;
    }

    /// <summary>Undoes what the constructor did for its thread, to which the kernel would else hold the ring.</summary>
    public void UnregisterOwnFile()
    {
        if ((_enterFlags & EnterFlags.RegisteredRing) != 0 && _enterFile >= 0)
        {
            var update = new RingFileUpdate { Offset = (uint)_enterFile };
            _ = Register(RegisterOperation.UnregisterRingFiles, &update, 1);
            _enterFile = -1;
        }
    }

    public void Dispose()
    {
        UnregisterOwnFile();
        if (_rings is not null)
        {
            SystemCalls.Unmap(_rings, _ringsLength);
        }

        if (_entries is not null)
        {
            SystemCalls.Unmap(_entries, _entriesLength);
        }

        NativeMemory.AlignedFree(_scratch);
        SystemCalls.Close(File);
    }

    /// <summary>Saves the kernel the look-up of the descriptor at each enter; goes with the thread.</summary>
    private (int File, EnterFlags Flags) RegisterOwnFile()
    {
        var update = new RingFileUpdate { Offset = uint.MaxValue, Data = (ulong)File };
        return Register(RegisterOperation.RingFiles, &update, 1) == 1
            ? ((int)update.Offset, EnterFlags.RegisteredRing | EnterFlags.GetEvents)
            : (File, EnterFlags.GetEvents);
    }

    /// <summary>Submits in the middle of a round, as the queue is full.</summary>
    private void Flush()
    {
        if (_isAbandoned)
        {
            (_tail, _scratchUsed) = (*_submissionHead, 0);
            return;
        }

        for (var attempt = 0; Pending > 0; attempt++)
        {
            if (attempt == FlushAttempts)
            {
                throw new IoUringException("io_uring_enter", Errno.NoMemory);
            }

            Submit();
        }
    }

    private void Enter(uint complete, void* argument, int size)
    {
        Volatile.Write(ref *_submissionTail, _tail);
        var pending = Pending;
        var flags = argument is null ? _enterFlags : _enterFlags | EnterFlags.ExtendedArgument;
        Counters.CountEnter(pending);
        if ((Volatile.Read(ref *_submissionFlags) & (uint)SubmissionRingFlags.CompletionOverflow) != 0)
        {
            Counters.Overflows++;
        }

        var outcome = SystemCalls.Enter(_enterFile, pending, complete, flags, argument, size);
        if (Pending == 0)
        {
            _scratchUsed = 0;
        }

        // A wait that ended early, no memory just now, or completions to be taken first: the next round goes on.
        if (outcome < 0 && -outcome is not (Errno.Interrupted or Errno.TimerExpired or Errno.Again or Errno.Busy or Errno.NoMemory))
        {
            throw new IoUringException("io_uring_enter", -outcome);
        }
    }
}
