namespace Broadside.Channels;

/// <summary>Why a connection ended.</summary>
public enum CloseReason
{
    /// <summary>Closed gracefully: everything accepted for sending was handed to the transport, and both directions ended.</summary>
    Closed,

    /// <summary>Aborted by this side; what was unsent is lost.</summary>
    Aborted,

    /// <summary>The peer reset the connection.</summary>
    PeerReset,

    /// <summary>The peer refused the connection: nobody listens there.</summary>
    Refused,

    /// <summary>The peer could not be reached, or its name or address family is of no use here.</summary>
    Unreachable,

    /// <summary>A connect or a graceful close did not end within its deadline, or the network gave the peer up.</summary>
    TimedOut,

    /// <summary>Another failure of the network or of the operating system; the exception tells.</summary>
    NetworkError,

    /// <summary>A callback of the connection's handler threw; the exception tells.</summary>
    HandlerFault,

    /// <summary>The channel was stopped.</summary>
    ChannelStopped,

    /// <summary>The member lagged further behind its group than the group allows.</summary>
    SlowMember,

    /// <summary>More was queued for the connection than its limit allows.</summary>
    QueueLimit,

    /// <summary>The peer accepted nothing for longer than the send timeout while data were pending.</summary>
    SendTimeout,

    /// <summary>The peer's bytes do not form records: the framer refused them; the exception tells what and where.</summary>
    InvalidFraming,

    /// <summary>The connection exchanged nothing for longer than its idle timeout.</summary>
    IdleTimeout,

    /// <summary>There was no memory for what arrived: the arena is exhausted.</summary>
    ArenaExhausted,
}
