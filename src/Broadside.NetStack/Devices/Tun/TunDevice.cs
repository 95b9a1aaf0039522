using Broadside.NetStack.Devices.Interop;

namespace Broadside.NetStack.Devices;

/// <summary>
/// A TUN interface (Documentation/networking/tuntap.rst): the host's kernel is at its other end. Each packet takes a system call, but it
/// may be as long as IP allows: the kernel cuts it into segments, or never has to.
/// </summary>
internal sealed unsafe class TunDevice : DescriptorDevice
{
    private const int BurstLimit = 64;
    private const int LongestPacket = ushort.MaxValue;
    private const int VectorLimit = 64;

    // So that a packet, behind its virtio header, begins at a multiple of 16.
    private const int BufferOffset = 16 - VirtioNetHeader.Length;
    private const int BufferLength = 64 + ((LongestPacket + 1) & ~63);

    private readonly MappedMemory _buffers;

    private TunDevice(string name, Descriptor file, LinkMonitor link)
        : base(name, file, link) => _buffers = MappedMemory.Allocate((BurstLimit + 1) * BufferLength);

    public override LinkLayer LinkLayer => LinkLayer.None;

    public override int MaximumSegmentedLength => LongestPacket;

    // Behind those that are received into.
    private byte* TransmitBuffer => _buffers.Pointer + (BurstLimit * BufferLength);

    /// <summary>Opens an interface, which is made if there is none of that name and then goes with its last device.</summary>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="multiQueue">Whether other devices are opened on it, each of which gets some of the connections.</param>
    /// <exception cref="DeviceFailedException">Something is missing.</exception>
    public static TunDevice Open(string interfaceName, bool multiQueue = false)
    {
        var name = "tun:" + interfaceName;
        var file = TunInterface.Open(name, ref interfaceName, multiQueue);
        LinkMonitor? link = null;
        try
        {
            link = new LinkMonitor(name, interfaceName);
            return new TunDevice(name, file, link);
        }
        catch
        {
            link?.Dispose();
            file.Dispose();
            throw;
        }
    }

    public override int Receive(Span<ReceivedFrame> burst)
    {
        Link.ThrowIfGone();
        var count = 0;
        while (count < Math.Min(burst.Length, BurstLimit) && TryReceive(count, out burst[count]))
        {
            count++;
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

        int outcome;
        do
        {
            outcome = Write(frame);
        }
        while (outcome == -Errno.Interrupted);

        if (outcome < 0 && outcome != -Errno.Again)
        {
            Drop(-outcome);
        }

        return outcome != -Errno.Again;
    }

    public override void Flush()
    {
        // A frame goes out when it is taken.
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _buffers.Dispose();
        }
    }

    private bool TryReceive(int index, out ReceivedFrame frame)
    {
        var start = _buffers.Pointer + (index * BufferLength) + BufferOffset;
        int outcome;
        do
        {
            outcome = SystemCalls.Read(File, start, VirtioNetHeader.Length + LongestPacket);
        }
        while (outcome == -Errno.Interrupted);

        if (outcome < VirtioNetHeader.Length)
        {
            // Nothing there, or the interface has gone.
            if (outcome != -Errno.Again)
            {
                Link.Refresh();
            }

            frame = default;
            return false;
        }

        var header = (VirtioNetHeader*)start;
        frame = new(start + VirtioNetHeader.Length, outcome - VirtioNetHeader.Length, header->Validation, header->SegmentSize);
        return true;
    }

    private int Write(in OutgoingFrame frame)
    {
        var header = VirtioNetHeader.Of(frame, networkOffset: 0);
        var vectors = stackalloc IoVector[VectorLimit];
        vectors[0] = new((byte*)&header, VirtioNetHeader.Length);
        if (frame.Payload.Length > VectorLimit - 2)
        {
            frame.CopyTo(new Span<byte>(TransmitBuffer, LongestPacket));
            vectors[1] = new(TransmitBuffer, frame.Length);
            return SystemCalls.WriteGather(File, vectors, 2);
        }

        var count = 2;
        foreach (var extent in frame.Payload)
        {
            vectors[count++] = new(extent.Pointer, extent.Length);
        }

        fixed (byte* headers = frame.Headers)
        {
            vectors[1] = new(headers, frame.Headers.Length);
            return SystemCalls.WriteGather(File, vectors, count);
        }
    }
}
