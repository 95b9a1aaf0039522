using Broadside.Channels;

namespace Broadside.IoUring;

/// <summary>What a channel on io_uring publishes of its ring. Names and units are public: see docs/operations.md.</summary>
internal static class RingInstruments
{
    public static IReadOnlyList<ChannelInstrument> Of(IoUringChannel channel)
    {
        var counters = channel.RingCounters;
        return
        [
            new("broadside.iouring.enters", "{call}", "Entries into the kernel.", () => counters.Enters),
            new("broadside.iouring.submissions", "{operation}", "Operations submitted.", () => counters.Submissions),
            new("broadside.iouring.completions", "{completion}", "Completions taken.", () => counters.Completions),
            new("broadside.iouring.overflows", "{call}", "Entries into the kernel that found completions waiting for room in the queue.", () => counters.Overflows),
            new("broadside.iouring.zero_copy_sends", "{operation}", "Sends without copying.", () => counters.ZeroCopySends),
            new("broadside.iouring.zero_copy_copied", "{operation}", "Sends without copying that the kernel copied after all.", () => counters.ZeroCopyCopied),
            new("broadside.iouring.file_sends", "{call}", "Calls that sent large records from the file they lie in.", () => counters.FileSends),
            new("broadside.iouring.receive_buffers", "{buffer}", "Receive buffers in use.", () => channel.BufferCount, Grows: false),
        ];
    }
}
