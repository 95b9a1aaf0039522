using Microsoft.Extensions.Logging;

namespace Broadside.Testing;

/// <summary>What the simulated backend logs. Event ids are stable.</summary>
internal static partial class SimulatedLog
{
    [LoggerMessage(EventId = 500, Level = LogLevel.Error, Message = "An acceptor threw on channel {Channel}; the connection is reset.")]
    public static partial void AcceptorFaulted(ILogger logger, Exception exception, int channel);

    [LoggerMessage(EventId = 501, Level = LogLevel.Error, Message = "A datagram handler threw on channel {Channel}; the socket goes on.")]
    public static partial void DatagramHandlerFaulted(ILogger logger, Exception exception, int channel);
}
