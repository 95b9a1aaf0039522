namespace Broadside.IoUring;

/// <summary>Which of the channels that listen on an endpoint gets a new connection.</summary>
public enum AcceptSteering
{
    /// <summary>The kernel spreads connections evenly, by a hash of their addresses and ports.</summary>
    Hash,

    /// <summary>
    /// The channel pinned to the processor on which the kernel received the connection's first packet (after MegaPipe: a connection
    /// stays on one core from the device to the application). Worth it where the device spreads its queues over the processors; over
    /// loopback that processor is the client's. Connections received on a processor without a channel are spread by hash. Without
    /// <see cref="EngineOptions.PinThreads"/>, as <see cref="Hash"/>.
    /// </summary>
    ReceivingProcessor,
}
