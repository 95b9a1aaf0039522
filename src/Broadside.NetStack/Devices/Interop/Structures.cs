using System.Runtime.InteropServices;

namespace Broadside.NetStack.Devices.Interop;

/// <summary><c>struct iovec</c>: a run of bytes of a gathering call.</summary>
internal unsafe struct IoVector(byte* pointer, int length)
{
    public byte* Pointer = pointer;
    public nuint Length = (nuint)length;
}

/// <summary><c>struct pollfd</c>.</summary>
internal struct PollEntry(int file, PollEvents events)
{
    public int File = file;
    public PollEvents Events = events;
    public PollEvents Returned;
}

/// <summary>What poll(2) waits for and tells.</summary>
[Flags]
internal enum PollEvents : short
{
    None = 0,
    Readable = 1,
    Writable = 4,
    Error = 8,
    Hangup = 16,
}

/// <summary><c>struct timespec</c>.</summary>
internal struct TimeSpecification
{
    public long Seconds;
    public long Nanoseconds;
}

/// <summary><c>struct rlimit</c>.</summary>
internal struct ResourceLimit
{
    public nuint Soft;
    public nuint Hard;
}

/// <summary><c>struct ifreq</c> (netdevice(7)): an interface and one thing about it.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal unsafe struct InterfaceRequest
{
    /// <summary>IFNAMSIZ without the terminating zero.</summary>
    public const int MaximumNameLength = 15;

    [FieldOffset(0)]
    public fixed byte NameBytes[MaximumNameLength + 1];

    [FieldOffset(16)]
    public short Flags;

    /// <summary>An interface's number or its MTU.</summary>
    [FieldOffset(16)]
    public int Value;

    /// <summary>ARPHRD_*.</summary>
    [FieldOffset(16)]
    public ushort HardwareType;

    [FieldOffset(18)]
    public fixed byte HardwareAddress[14];

    public InterfaceRequest(string name) => Name = name;

    public string Name
    {
        readonly get
        {
            fixed (byte* bytes = NameBytes)
            {
                return Marshal.PtrToStringUTF8((nint)bytes)!;
            }
        }

        set
        {
            fixed (byte* bytes = NameBytes)
            {
                var buffer = new Span<byte>(bytes, MaximumNameLength + 1);
                buffer.Clear();
                System.Text.Encoding.UTF8.TryGetBytes(value, buffer[..MaximumNameLength], out _);
            }
        }
    }
}

/// <summary><c>struct sockaddr_nl</c> (netlink(7)).</summary>
internal struct NetlinkAddress
{
    public ushort Family;
    public ushort Padding;
    public uint Port;
    public uint Groups;
}

/// <summary><c>struct sockaddr_ll</c> (packet(7)).</summary>
[StructLayout(LayoutKind.Sequential, Size = 20)]
internal struct LinkAddress
{
    public ushort Family;

    /// <summary>An EtherType, most significant byte first.</summary>
    public ushort Protocol;
    public int Interface;
}

/// <summary><c>struct mmsghdr</c> (sendmmsg(2)): a message to gather.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal unsafe struct Message
{
    [FieldOffset(16)]
    public IoVector* Vectors;

    [FieldOffset(24)]
    public nuint VectorCount;

    /// <summary>How many bytes were sent.</summary>
    [FieldOffset(56)]
    public uint Sent;
}
