using System.Runtime.InteropServices;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <summary>Lets threads without a ring, or with one that fails to, wake a channel: a read of an event counter is always pending in the channel's ring.</summary>
internal sealed unsafe class EventReader(IoUringChannel channel) : ICompletionTarget, IDisposable
{
    private readonly EventFile _event = new();
    private readonly ulong* _value = (ulong*)NativeMemory.Alloc(sizeof(ulong));

    public bool IsReading { get; private set; }

    /// <summary>Ends the read. From any thread.</summary>
    public void Signal() => _event.Signal();

    public void Start()
    {
        IsReading = true;
        ref var entry = ref channel.Ring.Next();
        entry.Opcode = Opcode.Read;
        entry.File = _event.File;
        entry.Address = (ulong)_value;
        entry.Length = sizeof(ulong);
        entry.UserData = OperationTable.Key(OperationKind.Wake);
    }

    public void OnCompletion(OperationKind kind, in CompletionEntry completion)
    {
        IsReading = false;
        if (!channel.IsClosing)
        {
            Start();
        }
    }

    public void Dispose()
    {
        _event.Dispose();
        NativeMemory.Free(_value);
    }
}
