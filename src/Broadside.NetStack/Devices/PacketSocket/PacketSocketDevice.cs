using Broadside.NetStack.Devices.Interop;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>
/// A packet socket on an Ethernet interface, which the host's kernel uses as well: the addresses of this stack must not be the host's, or
/// that answers too. Works with any driver. The kernel's offloads may stay on: frames longer than the MTU go either way.
/// </summary>
internal sealed unsafe class PacketSocketDevice : DescriptorDevice
{
    private const int LongestFrame = ushort.MaxValue + EthernetFrame.HeaderLength;
    private const int LongFrameLimit = 32;

    // Behind its virtio header and that of Ethernet, the packet begins at a multiple of 16.
    private const int LongFrameOffset = 8;
    private const int LongFrameLength = (LongFrameOffset + VirtioNetHeader.Length + LongestFrame + 63) & ~63;

    private readonly PacketReceiveRing _ring;
    private readonly PacketMessageBatch _batch = new();
    private readonly MappedMemory _longFrames = MappedMemory.Allocate(LongFrameLimit * LongFrameLength);
    private long _transmitted;
    private long _unusable;
    private long _overflowed;

    private PacketSocketDevice(string name, Descriptor socket, LinkMonitor link, PacketReceiveRing ring)
        : base(name, socket, link) => _ring = ring;

    public override LinkLayer LinkLayer => LinkLayer.Ethernet;

    public override int MaximumSegmentedLength => LongestFrame;

    public override long Transmitted => _transmitted;

    public override long Completed => _transmitted - _batch.Unsent;

    public override long ReceiveDrops
    {
        get
        {
            // The kernel counts from the last time it was asked: frames, and those among them that were dropped.
            var counts = stackalloc uint[2];
            if (SystemCalls.GetOption(File, PacketSocket.Level, PacketSocket.Statistics, counts, 2 * sizeof(uint)) > 0)
            {
                _overflowed += counts[1];
            }

            return _overflowed + _unusable;
        }
    }

    protected override bool HasUnsent => _batch.Unsent > 0;

    /// <summary>Opens an interface.</summary>
    /// <exception cref="DeviceFailedException">Something is missing.</exception>
    public static PacketSocketDevice Open(string interfaceName)
    {
        var name = "packet:" + interfaceName;
        Descriptor? socket = null;
        LinkMonitor? link = null;
        PacketReceiveRing? ring = null;
        try
        {
            socket = PacketSocket.Open(name);
            link = LinkMonitor.OfEthernet(name, interfaceName);
            ring = PacketSocket.SetUpRing(name, socket, link.MaximumTransmissionUnit);
            PacketSocket.Bind(name, socket, link.Index);
            return new PacketSocketDevice(name, socket, link, ring);
        }
        catch
        {
            ring?.Dispose();
            link?.Dispose();
            socket?.Dispose();
            throw;
        }
    }

    public override int Receive(Span<ReceivedFrame> burst)
    {
        Link.ThrowIfGone();
        _ring.ReturnTaken();
        var count = 0;
        var longFrames = 0;
        while (count < burst.Length && longFrames < LongFrameLimit)
        {
            var header = _ring.TryTake();
            if (header is null)
            {
                break;
            }

            if ((header->Status & PacketStatus.Copy) != 0)
            {
                count += TryReceiveLong(longFrames++, header, out burst[count]) ? 1 : 0;
            }
            else if (TryRead(header, out burst[count]))
            {
                count++;
            }
        }

        return count;
    }

    public override bool TryTransmit(in OutgoingFrame frame)
    {
        Link.ThrowIfGone();
        if (!Fits(frame))
        {
            TransmitDrops++;
            return true;
        }

        if (!_batch.TryAdd(frame))
        {
            Flush();
            if (!_batch.TryAdd(frame))
            {
                return false;
            }
        }

        _transmitted++;
        return true;
    }

    public override void Flush()
    {
        while (_batch.Send(File) is var outcome and < 0 && outcome != -Errno.Again)
        {
            Drop(-outcome);
            _batch.Skip();
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _ring.Dispose();
            _batch.Dispose();
            _longFrames.Dispose();
        }
    }

    private bool TryRead(PacketRingHeader* header, out ReceivedFrame frame)
    {
        if (header->CapturedLength < header->Length)
        {
            _unusable++;
            frame = default;
            return false;
        }

        return TryDescribe(header, (byte*)header + header->FrameOffset, out frame);
    }

    private bool TryReceiveLong(int index, PacketRingHeader* header, out ReceivedFrame frame)
    {
        var start = _longFrames.Pointer + (index * LongFrameLength) + LongFrameOffset;
        int outcome;
        do
        {
            outcome = SystemCalls.Receive(File, start, VirtioNetHeader.Length + LongestFrame);
        }
        while (outcome == -Errno.Interrupted);

        if (outcome - VirtioNetHeader.Length != header->Length)
        {
            _unusable++;
            frame = default;
            return false;
        }

        return TryDescribe(header, start + VirtioNetHeader.Length, out frame);
    }

    private bool TryDescribe(PacketRingHeader* header, byte* start, out ReceivedFrame frame)
    {
        frame = default;

        // What had a VLAN tag is another network's.
        if ((header->Status & PacketStatus.Vlan) != 0)
        {
            return false;
        }

        var offloads = (VirtioNetHeader*)(start - VirtioNetHeader.Length);
        if (!offloads->IsUnderstood)
        {
            _unusable++;
            return false;
        }

        frame = new(start, (int)header->Length, offloads->Validation, offloads->SegmentSize);
        return true;
    }
}
