using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <content>What the channel has to do with large records that lie in a file.</content>
internal sealed partial class IoUringChannel
{
    private bool _hasToldOfCopying;

    /// <summary>The file in which the arena's large extents lie; null where they are in ordinary memory.</summary>
    public RecordFile? File { get; }

    /// <summary>A connection copies large records for want of a descriptor or such.</summary>
    public void TellOfCopying(int error)
    {
        if (!_hasToldOfCopying)
        {
            _hasToldOfCopying = true;
            IoUringLog.FileSendsUnavailable(Logger, Index, Errno.ToSocketError(error).ToString());
        }
    }

    /// <summary>Gives the connections' descriptors back, where the ring itself has failed.</summary>
    private void CloseDescriptors()
    {
        for (var index = 0; index < _connectionCount; index++)
        {
            _connections[index]!.CloseDescriptor();
        }
    }
}
