using Broadside.NetStack.Devices.Interop;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>A device of Linux: a descriptor that frames come from and go to, and the interface it stands for.</summary>
internal abstract unsafe class DescriptorDevice : PacketDevice
{
    private readonly Descriptor _file;
    private readonly EventFile _wake;

    /// <summary>Owns what it is given from then on.</summary>
    protected DescriptorDevice(string name, Descriptor file, LinkMonitor link)
    {
        Name = name;
        _file = file;
        Link = link;
        _wake = new EventFile();
    }

    public override string Name { get; }

    public override MacAddress MacAddress => Link.MacAddress;

    public override int MaximumTransmissionUnit => Link.MaximumTransmissionUnit;

    public override bool IsUp => Link.IsUp;

    /// <summary>How many frames to be sent were lost: too long, the link was down, or the kernel had no room.</summary>
    public long TransmitDrops { get; protected set; }

    /// <summary>How many frames that arrived were lost for want of room, as far as the kernel has told.</summary>
    public virtual long ReceiveDrops => 0;

    protected LinkMonitor Link { get; }

    protected int File => _file.Number;

    /// <summary>Whether frames taken could not be sent yet, so that room for them is waited for.</summary>
    protected virtual bool HasUnsent => false;

    public override void Wait(TimeSpan timeout, bool forRoom)
    {
        const int Count = 3;
        var room = forRoom || HasUnsent ? PollEvents.Writable : PollEvents.None;
        var entries = stackalloc PollEntry[Count]
        {
            new(File, PollEvents.Readable | room),
            new(_wake.Number, PollEvents.Readable),
            new(Link.File, PollEvents.Readable),
        };

        // Interrupted by a signal it returns early, which is harmless: whoever waits looks at everything afterwards.
        if (SystemCalls.Poll(entries, Count, timeout) <= 0)
        {
            return;
        }

        if (entries[1].Returned != PollEvents.None)
        {
            _wake.Reset();
        }

        if (entries[2].Returned != PollEvents.None)
        {
            Link.TakeNews();
        }

        if ((entries[0].Returned & (PollEvents.Error | PollEvents.Hangup)) != 0)
        {
            ClearError();
            Link.Refresh();
        }
    }

    public override void Wake() => _wake.Signal();

    /// <summary>Whether the link can carry a frame, or what the device cuts it into.</summary>
    protected bool Fits(in OutgoingFrame frame)
    {
        var longest = MaximumTransmissionUnit + (LinkLayer == LinkLayer.Ethernet ? EthernetFrame.HeaderLength : 0);
        return frame.SegmentSize == 0
            ? frame.Length <= longest
            : frame.Length <= MaximumSegmentedLength && frame.Headers.Length + frame.SegmentSize <= longest;
    }

    /// <summary>Counts a frame that was not sent, and finds out whether that is because of the link.</summary>
    /// <param name="error">Why, as the kernel says.</param>
    protected void Drop(int error)
    {
        TransmitDrops++;
        if (error is not Errno.NoBuffers)
        {
            Link.Refresh();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
            Link.Dispose();
            _wake.Dispose();
        }
    }

    // An error that a socket keeps would end every poll; other descriptors keep none.
    private void ClearError()
    {
        const int ErrorOption = 4;
        int error;
        _ = SystemCalls.GetOption(File, SystemCalls.LevelSocket, ErrorOption, &error, sizeof(int));
    }
}
