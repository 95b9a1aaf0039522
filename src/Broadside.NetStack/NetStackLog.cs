using Microsoft.Extensions.Logging;

namespace Broadside.NetStack;

/// <summary>What this backend logs. Event ids are stable.</summary>
internal static partial class NetStackLog
{
    [LoggerMessage(EventId = 110, Level = LogLevel.Critical, Message = "The device {Device} of channel {Channel} is gone; the channel's connections are lost.")]
    public static partial void DeviceFailed(ILogger logger, Exception exception, string device, int channel);

    [LoggerMessage(EventId = 111, Level = LogLevel.Critical, Message = "Channel {Channel} of the network stack could not go on; its connections are lost.")]
    public static partial void ChannelFailed(ILogger logger, Exception exception, int channel);

    [LoggerMessage(EventId = 112, Level = LogLevel.Warning, Message = "Another host ({Other}) has the address {Address} of channel {Channel}'s network stack, or says so: give each its own.")]
    public static partial void AddressConflict(ILogger logger, string address, string other, int channel);
}
