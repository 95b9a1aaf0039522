using System.Net;
using Microsoft.Extensions.Logging;

namespace Broadside.IoUring;

/// <summary>What this backend logs. Event ids are stable; 103 means the same on every backend.</summary>
internal static partial class IoUringLog
{
    [LoggerMessage(EventId = 103, Level = LogLevel.Warning, Message = "Accepting on {EndPoint} failed {Failures} times in the last second ({Error}); still listening, trying again.")]
    public static partial void AcceptFailed(ILogger logger, EndPoint endPoint, long failures, string error);

    [LoggerMessage(EventId = 104, Level = LogLevel.Critical, Message = "Channel {Channel} could not go on; its connections are lost.")]
    public static partial void ChannelFailed(ILogger logger, Exception exception, int channel);

    [LoggerMessage(EventId = 105, Level = LogLevel.Error, Message = "A completion could not be dealt with on channel {Channel}.")]
    public static partial void CompletionFaulted(ILogger logger, Exception exception, int channel);

    [LoggerMessage(EventId = 106, Level = LogLevel.Warning, Message = "Channel {Channel} sends by copying: the kernel registers no more memory ({Error}). Raise RLIMIT_MEMLOCK (ulimit -l) for zero-copy sends.")]
    public static partial void ZeroCopyUnavailable(ILogger logger, int channel, string error);

    [LoggerMessage(EventId = 107, Level = LogLevel.Critical, Message = "Channel {Channel} could not end its connections in order; it has dropped them.")]
    public static partial void RingAbandoned(ILogger logger, Exception exception, int channel);

    [LoggerMessage(EventId = 108, Level = LogLevel.Warning, Message = "Large records do not lie in a file and are sent by copying: there can be no such file ({Error}).")]
    public static partial void FileUnavailable(ILogger logger, string error);

    [LoggerMessage(EventId = 109, Level = LogLevel.Warning, Message = "Channel {Channel} sends large records by copying over some connections: no descriptor, or no sendfile ({Error}). Raise RLIMIT_NOFILE (ulimit -n).")]
    public static partial void FileSendsUnavailable(ILogger logger, int channel, string error);
}
