using Microsoft.Extensions.Logging;

namespace Broadside.Connections;

/// <summary>What connections and engines log. Event ids are stable.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(EventId = 300, Level = LogLevel.Error, Message = "The handler of connection {Connection} threw; the connection is reset.")]
    public static partial void HandlerFaulted(ILogger logger, Exception exception, long connection);

    [LoggerMessage(EventId = 301, Level = LogLevel.Information, Message = "Engine started: backend {Backend}, {Channels} channels. {Reason}")]
    public static partial void EngineStarted(ILogger logger, string backend, int channels, string reason);

    [LoggerMessage(EventId = 302, Level = LogLevel.Information, Message = "Engine stopped; {Aborted} connections did not drain in time and were reset.")]
    public static partial void EngineStopped(ILogger logger, int aborted);

    [LoggerMessage(EventId = 303, Level = LogLevel.Warning, Message = "Connection {Connection} ended: {Reason}.")]
    public static partial void ConnectionFailed(ILogger logger, Exception? exception, long connection, Channels.CloseReason reason);
}
