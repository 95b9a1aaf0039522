using Broadside.NetStack.Devices;

namespace Broadside.NetStack;

/// <summary>Opens the devices that users name.</summary>
internal static class DeviceText
{
    /// <summary>Opens a channel's queue of a device.</summary>
    /// <exception cref="DeviceFailedException">There is no such device, or it cannot be opened.</exception>
    public static PacketDevice Open(string text, int queue)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var kind = colon < 0 ? text : text[..colon];
        return kind switch
        {
            _ => throw new DeviceFailedException($"There is no device '{text}' (queue {queue}): '{kind}' is no kind of device."),
        };
    }
}
