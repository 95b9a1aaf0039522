namespace Broadside.NetStack.Devices.Interop;

/// <summary>An eventfd(2): any thread adds to it, which ends a poll of it.</summary>
internal sealed unsafe class EventFile : IDisposable
{
    private readonly Descriptor _file;

    public EventFile()
    {
        var file = SystemCalls.CreateEvent();
        _file = file >= 0
            ? new Descriptor(file)
            : throw new DeviceFailedException(
                $"There is no descriptor to wake a device with: {Errno.Describe(-file)}. Raise RLIMIT_NOFILE (ulimit -n).");
    }

    public int Number => _file.Number;

    /// <summary>Wakes the reader; does nothing once closed.</summary>
    public void Signal()
    {
        try
        {
            ulong one = 1;
            SystemCalls.Write(_file, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // The reader has gone: there is nobody to wake.
        }
    }

    /// <summary>Forgets the signals so far.</summary>
    public void Reset()
    {
        ulong count;
        _ = SystemCalls.Read(_file.Number, &count, sizeof(ulong));
    }

    public void Dispose() => _file.Dispose();
}
