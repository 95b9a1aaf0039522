using Microsoft.Win32.SafeHandles;

namespace Broadside.IoUring.Interop;

/// <summary>An eventfd(2): any thread adds to it, the ring's pending read of it completes.</summary>
internal sealed class EventFile : SafeHandleMinusOneIsInvalid
{
    public EventFile()
        : base(true)
    {
        var file = SystemCalls.CreateEvent();
        if (file < 0)
        {
            throw new IoUringException("eventfd", -file);
        }

        SetHandle(file);
    }

    public int File => (int)handle;

    /// <summary>Wakes the reader; does nothing once closed.</summary>
    public void Signal()
    {
        try
        {
            SystemCalls.Signal(this);
        }
        catch (ObjectDisposedException)
        {
            // The reader has gone: there is nobody to wake.
        }
    }

    protected override bool ReleaseHandle() => SystemCalls.Close((int)handle) == 0;
}
