using System.Runtime.ConstrainedExecution;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <summary>
/// The file in memory (memfd_create(2)) in which an arena's large extents lie, mapped over the arena's blocks: written to as memory,
/// sent by sendfile(2). Block i is at 2 MiB times i.
/// </summary>
/// <remarks>
/// A sent page is the socket's too until the last receiver has read it, and nobody tells when that is. So a freed range is punched
/// out of the file: sockets keep the old pages, the range gets fresh ones. The file must have small pages only: a hole in a part of
/// a large one is cleared where it lies (truncate_inode_partial_folio), and bytes on their way with it.
/// </remarks>
internal sealed unsafe class RecordFile : CriticalFinalizerObject, IBlockStore, IDisposable
{
    // An arena's. Of less than a page, a copy takes less memory than the page would.
    private const int PageSize = 4096;

    // Connections for whose descriptors room is made at the start.
    private const ulong ExpectedDescriptors = 16 * 1024;

    // Blocks whose private memory could not be given back. The garbage collector must never get them.
    private static readonly List<Block> Stuck = [];

    private readonly Arena _arena;
    private readonly Block?[] _blocks;
    private readonly Lock _gate = new();
    private int _file;

    private RecordFile(Arena arena, int file)
    {
        _arena = arena;
        _file = file;
        _blocks = new Block?[arena.MaximumBytes / Block.Size];
    }

    ~RecordFile() => Release();

    /// <summary>Makes the file for an arena and has its large extents lie there; null, and why, where that cannot be.</summary>
    public static RecordFile? TryCreate(Arena arena, out int error)
    {
        // A hole must begin and end with a page: what shares one would be cleared where it lies.
        if (Environment.SystemPageSize != PageSize)
        {
            error = Errno.NotSupported;
            return null;
        }

        // Beyond the limit ftruncate(2) does not just fail, but ends the process by a signal.
        var isLimited = SystemCalls.GetLimit(SystemCalls.LimitOfFileSize, out var limit) < 0 || limit.Current < (ulong)arena.MaximumBytes;
        var file = isLimited ? -Errno.FileTooLarge : SystemCalls.CreateMemoryFile("broadside", arena.MaximumBytes);
        if (file < 0)
        {
            error = -file;
            return null;
        }

        var created = new RecordFile(arena, file);
        error = arena.TryUse(created) ? 0 : Errno.Busy;
        if (error != 0)
        {
            created.Dispose();
            return null;
        }

        created.MakeRoomForDescriptors();
        return created;
    }

    /// <summary>Whether an extent is to be sent from the file.</summary>
    public bool Sends(Extent extent)
    {
        var block = extent.Block;
        return extent.Length >= PageSize && ReferenceEquals(block.Arena, _arena) && ReferenceEquals(Volatile.Read(ref _blocks[block.Index]), block);
    }

    /// <summary>Sends an extent that lies in the file; how many bytes were taken.</summary>
    public int Send(int socket, Extent extent) =>
        SystemCalls.SendFile(socket, _file, OffsetOf(extent.Block) + extent.Offset, extent.Length);

    public bool TryAttach(Block block)
    {
        lock (_gate)
        {
            if (_file < 0)
            {
                return false;
            }

            if (!SystemCalls.MapOver(block.Pointer, Block.Size, SystemCalls.MapShared, _file, OffsetOf(block)))
            {
                // What was there may be gone all the same (mmap(2)).
                return Restore(block) ? false : throw new OutOfMemoryException();
            }

            // Small pages only. Fails where the kernel has no large ones in the first place.
            _ = SystemCalls.Advise(block.Pointer, Block.Size, SystemCalls.AdviseNoHugePage);

            // The file must be able to do it (it is not, with memory locked by mlockall(2)) before anybody relies on it.
            if (!TryRetire(block, 0, Block.Size))
            {
                return Restore(block) ? false : throw new OutOfMemoryException();
            }

            Volatile.Write(ref _blocks[block.Index], block);
            return true;
        }
    }

    public bool TryRetire(Block block, int offset, int length) =>
        SystemCalls.Advise(block.Pointer + offset, (nuint)length, SystemCalls.AdviseRemove) == 0;

    public void Detach(Block block)
    {
        lock (_gate)
        {
            _ = TryRetire(block, 0, Block.Size);
            Restore(block);
            _blocks[block.Index] = null;
        }
    }

    /// <summary>Closes the file. What lies in it stays: the arena may be in use after the engine has stopped.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_file >= 0)
            {
                SystemCalls.Close(_file);
                _file = -1;
            }
        }
    }

    private static long OffsetOf(Block block) => (long)block.Index * Block.Size;

    /// <summary>
    /// Enlarges the process's table of descriptors at once. The kernel doubles it when it is full, and where there are several
    /// threads each time waits some milliseconds for them (synchronize_rcu in expand_fdtable): on a channel's thread, that is.
    /// </summary>
    private void MakeRoomForDescriptors()
    {
        if (SystemCalls.GetLimit(SystemCalls.LimitOfFiles, out var limit) == 0)
        {
            var last = SystemCalls.Duplicate(_file, (int)Math.Min(limit.Current, ExpectedDescriptors) - 1);
            if (last >= 0)
            {
                SystemCalls.Close(last);
            }
        }
    }

    /// <summary>Maps private memory again; where not even that succeeds, the block is kept for ever.</summary>
    private static bool Restore(Block block)
    {
        var isRestored = SystemCalls.MapOver(block.Pointer, Block.Size, SystemCalls.MapPrivate | SystemCalls.MapAnonymous, -1, 0);
        if (!isRestored)
        {
            lock (Stuck)
            {
                Stuck.Add(block);
            }
        }

        return isRestored;
    }

    /// <summary>The arena has gone, with every extent of it: its blocks' memory is the garbage collector's again when this has run.</summary>
    private void Release()
    {
        Dispose();
        foreach (var block in _blocks)
        {
            if (block is not null)
            {
                Detach(block);
            }
        }
    }
}
