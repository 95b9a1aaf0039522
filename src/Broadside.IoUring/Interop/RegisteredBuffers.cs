namespace Broadside.IoUring.Interop;

/// <summary>
/// An arena's blocks as the ring knows them: registered when first sent from, so that the kernel looks their pages up once and
/// not for each send.
/// </summary>
internal sealed unsafe class RegisteredBuffers
{
    // IORING_MAX_REG_BUFFERS: 32 GiB of blocks.
    private const int Maximum = 1 << 14;

    private readonly Ring _ring;
    private readonly Arena _arena;
    private readonly Block?[] _blocks;
    private bool _refused;
    private int _error;
    private bool _isTold;

    /// <param name="ring">The ring.</param>
    /// <param name="arena">The arena whose blocks are sent from.</param>
    public RegisteredBuffers(Ring ring, Arena arena)
    {
        _ring = ring;
        _arena = arena;
        _blocks = new Block?[(int)Math.Min(arena.MaximumBytes / Block.Size, Maximum)];
        var registration = new ResourceRegistration { Count = (uint)_blocks.Length, Flags = ResourceRegistration.Sparse };
        Judge(_ring.Register(RegisterOperation.Buffers2, &registration, (uint)sizeof(ResourceRegistration)));
    }

    /// <summary>Why blocks are registered no more; true once.</summary>
    public bool TakeNews(out int error)
    {
        error = _error;
        var isNews = _refused && !_isTold;
        _isTold = _refused;
        return isNews;
    }

    /// <summary>The place of a block, registered now if it was not; false where that cannot be, for good.</summary>
    public bool TryGet(Block block, out ushort index)
    {
        index = (ushort)block.Index;
        if (_refused || !ReferenceEquals(block.Arena, _arena) || block.Index >= _blocks.Length)
        {
            return false;
        }

        return ReferenceEquals(_blocks[block.Index], block) || TryRegister(block);
    }

    private bool TryRegister(Block block)
    {
        ForgetReleased();
        Judge(Update(block.Index, block));
        return !_refused;
    }

    // What the process may lock is used up (ENOMEM), or pages cannot be pinned at all: it will not get better.
    private void Judge(int outcome)
    {
        _refused = outcome < 0;
        _error = -outcome;
    }

    /// <summary>Lets go of blocks that the arena has released, rather than keep their memory pinned.</summary>
    private void ForgetReleased()
    {
        var held = _arena.Blocks();
        for (var index = 0; index < _blocks.Length; index++)
        {
            if (_blocks[index] is { } known && (index >= held.Count || !ReferenceEquals(held[index], known)))
            {
                _ = Update(index, null);
            }
        }
    }

    private int Update(int index, Block? block)
    {
        var vector = new IoVector { Base = block is null ? null : block.Pointer, Length = block is null ? 0 : (nuint)Block.Size };
        var update = new ResourceUpdate { Offset = (uint)index, Data = (ulong)&vector, Count = 1 };
        var outcome = _ring.Register(RegisterOperation.BuffersUpdate, &update, (uint)sizeof(ResourceUpdate));
        _blocks[index] = outcome < 0 ? null : block;
        return outcome;
    }
}
