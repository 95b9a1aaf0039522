using System.Globalization;

namespace Broadside.NetStack.Devices;

/// <summary>What users name a device by: <c>xdp:IFNAME[:QUEUE]</c>, <c>packet:IFNAME</c>, <c>tun:IFNAME</c>, <c>shm:PATH</c>.</summary>
/// <param name="Kind">What precedes the first colon.</param>
/// <param name="Target">The interface, or the path of a file.</param>
/// <param name="Queue">The interface's queue, where the kind has that.</param>
internal sealed record DeviceAddress(DeviceKind Kind, string Target, int Queue = 0)
{
    private const string Forms = "Devices are written xdp:IFNAME[:QUEUE], packet:IFNAME, tun:IFNAME or shm:PATH.";

    /// <exception cref="FormatException">It is none; the message says what is wrong with it.</exception>
    public static DeviceAddress Parse(string text)
    {
        var parts = text.Split(':', 2);
        var target = parts.Length == 2 ? parts[1] : "";
        return (parts[0], target) switch
        {
            (_, "") => throw new FormatException($"'{text}' names no device: there is nothing behind a colon. {Forms}"),
            ("xdp", _) => ParseQueue(text, target),
            ("packet", _) => new(DeviceKind.Packet, target),
            ("tun", _) => new(DeviceKind.Tun, target),
            ("shm", _) => new(DeviceKind.Shm, target),
            _ => throw new FormatException($"'{text}' names no device: '{parts[0]}' is no kind of device. {Forms}"),
        };
    }

    /// <summary>Opens one of the device's queues.</summary>
    /// <param name="queue">Which, counted from the one that the address names.</param>
    /// <param name="queues">How many will be opened.</param>
    /// <exception cref="DeviceFailedException">Something is missing; the message says what and how to mend it.</exception>
    public PacketDevice Open(int queue = 0, int queues = 1) => Kind switch
    {
        DeviceKind.Tun => TunDevice.Open(Target, multiQueue: queues > 1),
        DeviceKind.Packet when queues == 1 => PacketSocketDevice.Open(Target),
        DeviceKind.Xdp => XdpDevice.Open(Target, Queue + queue),
        DeviceKind.Shm when queues == 1 => new SharedMemoryDevice(Target),
        _ => throw new DeviceFailedException($"{this} is one queue: open it once."),
    };

    public override string ToString() => Kind == DeviceKind.Xdp && Queue > 0
        ? string.Create(CultureInfo.InvariantCulture, $"xdp:{Target}:{Queue}")
        : $"{Kind.ToString().ToLowerInvariant()}:{Target}";

    private static DeviceAddress ParseQueue(string text, string target)
    {
        var parts = target.Split(':', 2);
        return parts.Length == 1 ? new(DeviceKind.Xdp, target)
            : ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var queue)
                ? new(DeviceKind.Xdp, parts[0], queue)
            : throw new FormatException($"'{text}' names no device: '{parts[1]}' is no queue's number. {Forms}");
    }
}

/// <summary>The kinds of device that users can name.</summary>
internal enum DeviceKind
{
    Xdp,
    Packet,
    Tun,
    Shm,
}
