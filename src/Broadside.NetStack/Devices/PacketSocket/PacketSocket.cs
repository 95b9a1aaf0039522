using Broadside.NetStack.Devices.Interop;

namespace Broadside.NetStack.Devices;

/// <summary>Opens a packet socket (packet(7)) and says why where it cannot.</summary>
internal static unsafe class PacketSocket
{
    public const int Level = 263;
    public const int Statistics = 6;

    private const int Family = 17;
    private const int ReceiveRing = 5;
    private const int Version = 10;
    private const int Reserve = 12;
    private const int VirtioNetHeaders = 15;
    private const int IgnoreOutgoing = 23;
    private const int Version2 = 1;

    private const int SendBuffer = 7;
    private const int ReceiveBuffer = 8;
    private const int CopyThreshold = 7;
    private const int ForceSendBuffer = 32;
    private const int ForceReceiveBuffer = 33;

    /// <summary>ETH_P_ALL, most significant byte first.</summary>
    private const ushort AllProtocols = 0x0300;

    // What the kernel may keep for us besides the ring: frames to be sent, and received ones that the ring has no room for.
    private const int SendBufferLength = 4 << 20;
    private const int ReceiveBufferLength = 16 << 20;

    /// <summary>Opens a socket that receives nothing yet.</summary>
    public static Descriptor Open(string device)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new DeviceFailedException($"{device}: packet sockets are a facility of Linux.");
        }

        var socket = SystemCalls.Socket(Family, SystemCalls.SocketTypeRaw, 0);
        return socket >= 0 ? new Descriptor(socket) : throw new DeviceFailedException($"{device}: {Explain(-socket)}");
    }

    /// <summary>Has the kernel fill a ring, with virtio headers before the frames, which it takes before frames to be sent too.</summary>
    public static PacketReceiveRing SetUpRing(string device, Descriptor socket, int maximumTransmissionUnit)
    {
        Set(device, socket, Version, Version2);
        Set(device, socket, VirtioNetHeaders, 1);
        Set(device, socket, Reserve, PacketReceiveRing.Reserve);
        Set(device, socket, IgnoreOutgoing, 1);

        // Frames longer than the ring's are queued to the socket whole.
        Set(device, socket, CopyThreshold, 1);
        Enlarge(socket, ForceReceiveBuffer, ReceiveBuffer, ReceiveBufferLength);
        Enlarge(socket, ForceSendBuffer, SendBuffer, SendBufferLength);

        var request = PacketReceiveRing.Plan(maximumTransmissionUnit);
        ThrowIfFailed(device, "ring", SystemCalls.SetOption(socket.Number, Level, ReceiveRing, &request, sizeof(PacketRingRequest)));
        ThrowIfFailed(device, "ring", MappedMemory.TryMapShared(socket, request.Length, 0, out var memory));
        return new PacketReceiveRing(memory!, request);
    }

    /// <summary>Begins to receive from an interface.</summary>
    public static void Bind(string device, Descriptor socket, int interfaceIndex)
    {
        var address = new LinkAddress { Family = Family, Protocol = AllProtocols, Interface = interfaceIndex };
        ThrowIfFailed(device, "interface", SystemCalls.Bind(socket.Number, &address, sizeof(LinkAddress)));
    }

    /// <summary>What it means that there is no packet socket.</summary>
    public static string Explain(int error) => error switch
    {
        Errno.NotPermitted or Errno.Access =>
            "packet sockets need the capability CAP_NET_RAW: run as root, or give it to the program (setcap cap_net_raw+ep).",
        Errno.AddressFamily => "the kernel has no packet sockets: load them (modprobe af_packet; kernel option CONFIG_PACKET).",
        Errno.NoMemory or Errno.NoBuffers => "the kernel has no memory for the ring of a packet socket.",
        Errno.TooManyFiles or Errno.FileTableFull => "there is no descriptor left: raise RLIMIT_NOFILE (ulimit -n).",
        _ => $"a packet socket cannot be had: {Errno.Describe(error)}.",
    };

    private static void Set(string device, Descriptor socket, int option, int value) =>
        ThrowIfFailed(device, $"option {option}", SystemCalls.SetOption(socket.Number, Level, option, value));

    // Beyond the system's limit only with CAP_NET_ADMIN, which is not needed otherwise.
    private static void Enlarge(Descriptor socket, int force, int option, int length)
    {
        if (SystemCalls.SetOption(socket.Number, SystemCalls.LevelSocket, force, length) < 0)
        {
            _ = SystemCalls.SetOption(socket.Number, SystemCalls.LevelSocket, option, length);
        }
    }

    private static void ThrowIfFailed(string device, string part, int outcome)
    {
        if (outcome < 0)
        {
            throw new DeviceFailedException($"{device}: {Explain(-outcome)} ({part})");
        }
    }
}
