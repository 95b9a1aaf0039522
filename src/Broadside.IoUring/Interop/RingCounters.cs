namespace Broadside.IoUring.Interop;

/// <summary>What a ring has done. Written on its thread; read from any.</summary>
internal sealed class RingCounters
{
    private long _enters;
    private long _submissions;
    private long _completions;
    private long _overflows;
    private long _zeroCopySends;
    private long _zeroCopyCopied;
    private long _failedMessages;
    private long _fileSends;

    /// <summary>Entries into the kernel.</summary>
    public long Enters => Volatile.Read(ref _enters);

    /// <summary>Operations submitted.</summary>
    public long Submissions => Volatile.Read(ref _submissions);

    /// <summary>Completions taken.</summary>
    public long Completions
    {
        get => Volatile.Read(ref _completions);
        set => Volatile.Write(ref _completions, value);
    }

    /// <summary>Entries that found completions waiting for room in the queue.</summary>
    public long Overflows
    {
        get => Volatile.Read(ref _overflows);
        set => Volatile.Write(ref _overflows, value);
    }

    /// <summary>Sends without copying.</summary>
    public long ZeroCopySends
    {
        get => Volatile.Read(ref _zeroCopySends);
        set => Volatile.Write(ref _zeroCopySends, value);
    }

    /// <summary>Those of them that were copied after all.</summary>
    public long ZeroCopyCopied
    {
        get => Volatile.Read(ref _zeroCopyCopied);
        set => Volatile.Write(ref _zeroCopyCopied, value);
    }

    /// <summary>Messages to other rings that could not be sent.</summary>
    public long FailedMessages
    {
        get => Volatile.Read(ref _failedMessages);
        set => Volatile.Write(ref _failedMessages, value);
    }

    /// <summary>Sends from the file of large records: system calls of their own, beside the ring.</summary>
    public long FileSends
    {
        get => Volatile.Read(ref _fileSends);
        set => Volatile.Write(ref _fileSends, value);
    }

    public void CountEnter(uint submissions)
    {
        Volatile.Write(ref _enters, _enters + 1);
        Volatile.Write(ref _submissions, _submissions + submissions);
    }
}
