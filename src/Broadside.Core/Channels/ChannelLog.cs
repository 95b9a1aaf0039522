using Microsoft.Extensions.Logging;

namespace Broadside.Channels;

/// <summary>What channels log. Event ids are stable.</summary>
internal static partial class ChannelLog
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Error, Message = "A connection's handler threw on channel {Channel}; its connection is aborted.")]
    public static partial void HandlerFaulted(ILogger logger, Exception exception, int channel);

    [LoggerMessage(EventId = 101, Level = LogLevel.Error, Message = "A work item or timer threw on channel {Channel}.")]
    public static partial void WorkFaulted(ILogger logger, Exception exception, int channel);

    [LoggerMessage(EventId = 102, Level = LogLevel.Critical, Message = "The end of a round threw on channel {Channel}; its connections may be stuck.")]
    public static partial void RoundFaulted(ILogger logger, Exception exception, int channel);

    [LoggerMessage(EventId = 103, Level = LogLevel.Warning, Message = "Accepting on {EndPoint} failed {Failures} times in the last second ({Error}); still listening, trying again.")]
    public static partial void AcceptFailed(ILogger logger, System.Net.EndPoint endPoint, long failures, string error);
}
