using Broadside.NetStack.Devices.Interop;

namespace Broadside.NetStack.Devices;

/// <summary>
/// An XDP socket on one queue of an Ethernet interface: frames come and go by rings in shared memory, past the host's stack, which sees
/// nothing of this queue any more.
/// </summary>
/// <remarks>
/// Nothing tells whose checksums the sender has left to its device. A veth peer does so: it has to be told to compute them
/// (<c>ethtool -K PEER tx off</c>).
/// </remarks>
internal sealed unsafe class XdpDevice : DescriptorDevice
{
    private const int BurstLimit = 256;

    private readonly XdpSocket _socket;
    private readonly XdpProgram _program;

    // Received frames that are lent out, and frames to send in that are free: by their addresses in the socket's memory.
    private readonly ulong[] _lent = new ulong[BurstLimit];
    private readonly ulong[] _free = new ulong[XdpSocket.TransmitFrames];
    private int _lentCount;
    private int _freeCount;

    private XdpDevice(string name, XdpSocket socket, LinkMonitor link, XdpProgram program)
        : base(name, socket.File, link)
    {
        _socket = socket;
        _program = program;
        for (var index = XdpSocket.ReceiveFrames; index < XdpSocket.ReceiveFrames + XdpSocket.TransmitFrames; index++)
        {
            _free[_freeCount++] = (ulong)index * (ulong)socket.FrameLength;
        }
    }

    public override LinkLayer LinkLayer => LinkLayer.Ethernet;

    public override long ReceiveDrops => _socket.ReceiveDrops;

    /// <summary>Whether the driver uses the memory of frames itself.</summary>
    public bool IsZeroCopy => _socket.IsZeroCopy;

    /// <summary>Whether the program runs behind a driver that has no place for it.</summary>
    public bool IsGeneric => _program.IsGeneric;

    protected override bool HasUnsent => IsUp && _socket.Transmit.Unconsumed > 0;

    /// <summary>Opens a queue of an interface.</summary>
    /// <exception cref="DeviceFailedException">Something is missing.</exception>
    public static XdpDevice Open(string interfaceName, int queue = 0)
    {
        var name = new DeviceAddress(DeviceKind.Xdp, interfaceName, queue).ToString();
        if (!OperatingSystem.IsLinux())
        {
            throw new DeviceFailedException($"{name}: XDP sockets are a facility of Linux.");
        }

        LinkMonitor? link = null;
        XdpSocket? socket = null;
        XdpProgram? program = null;
        try
        {
            link = LinkMonitor.OfEthernet(name, interfaceName);
            socket = new XdpSocket(name, link);
            OfferAll(socket);
            socket.Bind(link, queue);
            program = XdpProgram.Attach(name, link);
            program.Redirect(name, queue, socket.File);
            return new XdpDevice(name, socket, link, program);
        }
        catch
        {
            program?.Dispose();
            socket?.Dispose();
            link?.Dispose();
            throw;
        }
    }

    public override int Receive(Span<ReceivedFrame> burst)
    {
        Link.ThrowIfGone();
        ReturnLent();
        var ring = _socket.Receive;
        var count = Math.Min(Math.Min(burst.Length, BurstLimit), ring.Available);
        for (var index = 0; index < count; index++)
        {
            var descriptor = ring.Next();
            burst[index] = new(_socket.Memory + descriptor->Address, (int)descriptor->Length);
            _lent[index] = descriptor->Address & ~((ulong)_socket.FrameLength - 1);
        }

        _lentCount = count;
        if (count > 0)
        {
            ring.PublishConsumed();
        }

        return count;
    }

    public override bool TryTransmit(in OutgoingFrame frame)
    {
        Link.ThrowIfGone();
        if (!Fits(frame) || !IsUpNow())
        {
            TransmitDrops++;
            return true;
        }

        if (!HasRoom())
        {
            return false;
        }

        var address = _free[--_freeCount];
        frame.CopyTo(new Span<byte>(_socket.Memory + address, _socket.FrameLength));
        *_socket.Transmit.Next() = new XdpDescriptor { Address = address, Length = (uint)frame.Length };
        return true;
    }

    public override void Flush()
    {
        var ring = _socket.Transmit;
        ring.PublishProduced();

        // A kernel that copies takes some tens of frames at a call, and none when it has no room for their copies.
        var unsent = ring.Unconsumed;
        while (unsent > 0 && ring.NeedsWakeUp)
        {
            var outcome = SystemCalls.KickTransmit(File);
            Reclaim();
            var before = unsent;
            unsent = ring.Unconsumed;
            if (outcome is -Errno.NetworkDown or -Errno.NoDeviceOrAddress)
            {
                // They go out when the link is up again: too late, as they may on any link.
                Link.Refresh();
                return;
            }

            if (unsent == before && outcome != -Errno.Interrupted)
            {
                return;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Before the socket, so that no frame is lost that the host could have had.
            _program.Dispose();
            _socket.Dispose();
        }

        base.Dispose(disposing);
    }

    private static void OfferAll(XdpSocket socket)
    {
        for (var index = 0; index < XdpSocket.ReceiveFrames; index++)
        {
            *socket.Fill.Next() = (ulong)index * (ulong)socket.FrameLength;
        }

        socket.Fill.PublishProduced();
    }

    private void ReturnLent()
    {
        if (_lentCount == 0)
        {
            return;
        }

        for (var index = 0; index < _lentCount; index++)
        {
            *_socket.Fill.Next() = _lent[index];
        }

        _lentCount = 0;
        _socket.Fill.PublishProduced();
        if (_socket.Fill.NeedsWakeUp)
        {
            _ = SystemCalls.KickReceive(File);
        }
    }

    private bool HasRoom()
    {
        if (_freeCount > 0)
        {
            return true;
        }

        Reclaim();
        if (_freeCount == 0)
        {
            Flush();
            Reclaim();
        }

        return _freeCount > 0;
    }

    // There are as many frames as the rings have entries: a frame that is free has one.
    private void Reclaim()
    {
        var ring = _socket.Completion;
        var count = ring.Available;
        for (var index = 0; index < count; index++)
        {
            _free[_freeCount++] = *ring.Next();
        }

        if (count > 0)
        {
            ring.PublishConsumed();
        }
    }

    private bool IsUpNow()
    {
        if (!IsUp)
        {
            Link.Refresh();
        }

        return IsUp;
    }
}
