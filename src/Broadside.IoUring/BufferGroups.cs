namespace Broadside.IoUring;

/// <summary>Numbers for groups of provided buffers. The first is the connections'.</summary>
internal sealed class BufferGroups
{
    private readonly Stack<ushort> _free = new();
    private ushort _last = ReceiveBuffers.Group;

    public ushort Rent() => _free.TryPop(out var group) ? group : checked(++_last);

    public void Return(ushort group) => _free.Push(group);
}
