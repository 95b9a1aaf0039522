using Broadside.NetStack.Devices.Interop;

namespace Broadside.NetStack.Devices;

/// <summary>An XDP socket with its rings and the memory of its frames (Documentation/networking/af_xdp.rst).</summary>
internal sealed unsafe class XdpSocket : IDisposable
{
    public const int ReceiveFrames = 4096;
    public const int TransmitFrames = 2048;

    private const int Family = 44;
    private const int Level = 283;
    private const int OptionOffsets = 1;
    private const int OptionReceiveRing = 2;
    private const int OptionTransmitRing = 3;
    private const int OptionMemory = 4;
    private const int OptionFillRing = 5;
    private const int OptionCompletionRing = 6;
    private const int OptionStatistics = 7;
    private const int OptionOptions = 8;

    private const long ReceiveRingOffset = 0;
    private const long TransmitRingOffset = 0x8000_0000;
    private const long FillRingOffset = 0x1_0000_0000;
    private const long CompletionRingOffset = 0x1_8000_0000;

    private const ushort UseNeedWakeUp = 1 << 3;
    private const int SendBufferLength = 8 << 20;
    private const int ForceSendBuffer = 32;

    // XDP_PACKET_HEADROOM, which the kernel leaves free in front of a received frame.
    private const int Headroom = 256;
    private const int SmallFrame = 2048;
    private const int LargeFrame = 4096;

    // Ethernet with a VLAN tag.
    private const int LinkOverhead = 18;

    // A queue is free some milliseconds after its socket was closed, or its process was killed: a kernel thread does it.
    private static readonly TimeSpan BusyPatience = TimeSpan.FromSeconds(1);

    private readonly string _device;
    private XdpRing<ulong>? _fill;
    private XdpRing<ulong>? _completion;
    private XdpRing<XdpDescriptor>? _receive;
    private XdpRing<XdpDescriptor>? _transmit;
    private MappedMemory? _memory;

    /// <summary>Opens a socket that is not bound yet.</summary>
    /// <exception cref="DeviceFailedException">Something is missing.</exception>
    public XdpSocket(string device, LinkMonitor link)
    {
        _device = device;
        FrameLength = ChooseFrameLength(link);
        var socket = SystemCalls.Socket(Family, SystemCalls.SocketTypeRaw, 0);
        File = socket >= 0 ? new Descriptor(socket) : throw new DeviceFailedException($"{device}: {XdpErrors.ExplainSocket(-socket)}");
        try
        {
            RegisterMemory();
            MapRings();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Descriptor File { get; }

    public int FrameLength { get; }

    /// <summary>Where received frames go.</summary>
    public XdpRing<ulong> Fill => _fill!;

    /// <summary>Which frames have been sent.</summary>
    public XdpRing<ulong> Completion => _completion!;

    /// <summary>Which frames have been received.</summary>
    public XdpRing<XdpDescriptor> Receive => _receive!;

    /// <summary>Which frames are to be sent.</summary>
    public XdpRing<XdpDescriptor> Transmit => _transmit!;

    /// <summary>The memory of frames, those received first.</summary>
    public byte* Memory => _memory!.Pointer;

    /// <summary>How many frames the kernel could not hand over since the beginning.</summary>
    public long ReceiveDrops
    {
        get
        {
            const int Fields = 6;
            const int Dropped = 0;
            const int RingFull = 3;
            var fields = stackalloc long[Fields];
            new Span<long>(fields, Fields).Clear();
            _ = SystemCalls.GetOption(File.Number, Level, OptionStatistics, fields, Fields * sizeof(long));
            return fields[Dropped] + fields[RingFull];
        }
    }

    /// <summary>Binds it to a queue. The driver's memory is this memory if it can do that; else the kernel copies.</summary>
    public void Bind(LinkMonitor link, int queue)
    {
        var address = new XdpAddress { Family = Family, Flags = UseNeedWakeUp, Interface = (uint)link.Index, Queue = (uint)queue };
        var outcome = 0;
        SpinWait.SpinUntil(() => (outcome = Bind(address)) != -Errno.Busy, BusyPatience);
        if (outcome < 0)
        {
            throw new DeviceFailedException($"{_device}: {XdpErrors.ExplainBind(-outcome, link.InterfaceName, queue)}");
        }

        uint options = 0;
        _ = SystemCalls.GetOption(File.Number, Level, OptionOptions, &options, sizeof(uint));
        IsZeroCopy = (options & 1) != 0;
    }

    /// <summary>Whether the driver uses the memory of frames itself.</summary>
    public bool IsZeroCopy { get; private set; }

    public void Dispose()
    {
        File.Dispose();
        _fill?.Dispose();
        _completion?.Dispose();
        _receive?.Dispose();
        _transmit?.Dispose();
        _memory?.Dispose();
    }

    private int Bind(XdpAddress address) => SystemCalls.Bind(File.Number, &address, sizeof(XdpAddress));

    private int ChooseFrameLength(LinkMonitor link)
    {
        var longest = link.MaximumTransmissionUnit + LinkOverhead + Headroom;
        return longest <= SmallFrame ? SmallFrame
            : longest <= LargeFrame ? LargeFrame
            : throw new DeviceFailedException(
                $"{_device}: the MTU {link.MaximumTransmissionUnit} of the interface {link.InterfaceName} is too large for XDP sockets: " +
                $"set it to {LargeFrame - LinkOverhead - Headroom} or less (ip link set {link.InterfaceName} mtu 1500).");
    }

    private void RegisterMemory()
    {
        var length = (ReceiveFrames + TransmitFrames) * (long)FrameLength;
        _memory = MappedMemory.Allocate((nuint)length);
        var registration = new XdpMemoryRegistration { Address = (ulong)Memory, Length = (ulong)length, FrameLength = (uint)FrameLength };
        var outcome = SetOption(OptionMemory, &registration, sizeof(XdpMemoryRegistration));
        if (outcome == -Errno.NoBuffers && SystemCalls.TryRaiseLockedMemory())
        {
            outcome = SetOption(OptionMemory, &registration, sizeof(XdpMemoryRegistration));
        }

        if (outcome < 0)
        {
            throw new DeviceFailedException($"{_device}: {XdpErrors.ExplainMemory(-outcome, length)}");
        }

        // So that the kernel's copies of a full ring never wait for each other. Refused without CAP_NET_ADMIN, which is needed anyway.
        _ = SystemCalls.SetOption(File.Number, SystemCalls.LevelSocket, ForceSendBuffer, SendBufferLength);
    }

    private void MapRings()
    {
        SetCapacity(OptionFillRing, ReceiveFrames);
        SetCapacity(OptionCompletionRing, TransmitFrames);
        SetCapacity(OptionReceiveRing, ReceiveFrames);
        SetCapacity(OptionTransmitRing, TransmitFrames);

        // In the order of struct xdp_mmap_offsets.
        const int Rings = 4;
        var offsets = stackalloc XdpRingOffsets[Rings];
        var length = SystemCalls.GetOption(File.Number, Level, OptionOffsets, offsets, Rings * sizeof(XdpRingOffsets));
        if (length != Rings * sizeof(XdpRingOffsets))
        {
            throw new DeviceFailedException($"{_device}: the kernel's XDP sockets are too old; Linux 5.9 or later is needed.");
        }

        _receive = MapRing<XdpDescriptor>(offsets[0], ReceiveRingOffset, ReceiveFrames);
        _transmit = MapRing<XdpDescriptor>(offsets[1], TransmitRingOffset, TransmitFrames);
        _fill = MapRing<ulong>(offsets[2], FillRingOffset, ReceiveFrames);
        _completion = MapRing<ulong>(offsets[3], CompletionRingOffset, TransmitFrames);
    }

    private XdpRing<T> MapRing<T>(in XdpRingOffsets offsets, long offset, int capacity)
        where T : unmanaged
    {
        var length = (nuint)offsets.Descriptors + (nuint)(capacity * sizeof(T));
        ThrowIfRingRefused(MappedMemory.TryMapShared(File, length, offset, out var memory));
        return new XdpRing<T>(memory!, offsets, capacity);
    }

    private void SetCapacity(int option, int capacity) => ThrowIfRingRefused(SetOption(option, &capacity, sizeof(int)));

    private void ThrowIfRingRefused(int outcome)
    {
        if (outcome < 0)
        {
            throw new DeviceFailedException(
                $"{_device}: the kernel refuses memory for the rings of an XDP socket: {Errno.Describe(-outcome)}.");
        }
    }

    private int SetOption(int option, void* value, int length) => SystemCalls.SetOption(File.Number, Level, option, value, length);
}

/// <summary><c>struct sockaddr_xdp</c>.</summary>
internal struct XdpAddress
{
    public ushort Family;
    public ushort Flags;
    public uint Interface;
    public uint Queue;
    public uint SharedMemoryFile;
}

/// <summary><c>struct xdp_umem_reg</c>.</summary>
internal struct XdpMemoryRegistration
{
    public ulong Address;
    public ulong Length;
    public uint FrameLength;
    public uint Headroom;
    public uint Flags;
    public uint TransmitMetadataLength;
}
