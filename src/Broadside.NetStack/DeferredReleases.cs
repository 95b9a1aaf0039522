using Broadside.Channels;
using Broadside.NetStack.Devices;

namespace Broadside.NetStack;

/// <summary>
/// Batches that nobody waits for any more but of whose memory frames may still lie in the device, unsent: acknowledged by what was sent
/// of them before, or given up. They are released when the device is done with what it had been given by then.
/// </summary>
internal sealed class DeferredReleases(PacketDevice device)
{
    private readonly Queue<(NetStackConnection Connection, SendBatch Batch, long Transmitted)> _batches = new();

    public bool IsEmpty => _batches.Count == 0;

    /// <summary>Keeps a batch if the device may refer to it; false if it need not be kept.</summary>
    public bool TryAdd(NetStackConnection connection, SendBatch batch)
    {
        var transmitted = device.Transmitted;
        if (device.Completed >= transmitted)
        {
            return false;
        }

        _batches.Enqueue((connection, batch, transmitted));
        return true;
    }

    public void Release()
    {
        while (_batches.TryPeek(out var oldest) && device.Completed >= oldest.Transmitted)
        {
            _batches.Dequeue();
            oldest.Connection.OnDeviceDone(oldest.Batch);
        }
    }
}
