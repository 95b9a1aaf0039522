using Broadside.Channels;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <summary>A batch on its way: how far it has gone, and whether the kernel still refers to its memory. Pooled.</summary>
internal sealed class SendOperation : ICompletionTarget
{
    /// <summary>Its place among the channel's targets.</summary>
    public ulong Key { get; set; }

    public IoUringConnection Connection { get; set; } = null!;

    public SendBatch Batch { get; set; } = null!;

    public SendPosition Position { get; set; }

    /// <summary>The channel's round in which it was handed over.</summary>
    public long Round { get; set; }

    /// <summary>Whether one of the ring's operations is pending for it.</summary>
    public bool IsInFlight { get; set; }

    /// <summary>What the pending operation is.</summary>
    public OperationKind Kind { get; set; }

    /// <summary>Whether it goes out by the channel's own system calls, a part of it from a file.</summary>
    public bool IsFile { get; set; }

    /// <summary>Whether the pending send is one without copying.</summary>
    public bool IsZeroCopy { get; set; }

    /// <summary>Zero-copy sends whose memory the kernel has not released yet.</summary>
    public int Notifications { get; set; }

    public void OnCompletion(OperationKind kind, in CompletionEntry completion) => Connection.OnSend(this, kind, completion);

    /// <summary>Forgets whom it served.</summary>
    public void Clear()
    {
        Connection = null!;
        Batch = null!;
        Position = default;
        IsZeroCopy = false;
        IsFile = false;
    }
}
