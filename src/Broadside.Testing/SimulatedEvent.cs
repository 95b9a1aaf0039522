namespace Broadside.Testing;

/// <summary>What kind of thing happened in a simulated network.</summary>
public enum SimulatedEventKind
{
    /// <summary>A channel ran a round. The subject is the channel, in the order of creation.</summary>
    Round,

    /// <summary>A connect reached the address asked for. From here on the subject is a connection, in the order of creation.</summary>
    Connecting,

    /// <summary>A connect was refused.</summary>
    Refused,

    /// <summary>A connect was answered.</summary>
    Established,

    /// <summary>A segment arrived; the amount is its bytes.</summary>
    Data,

    /// <summary>An acknowledgement arrived; the amount is the bytes acknowledged.</summary>
    Acknowledgement,

    /// <summary>The peer's handler was given bytes, so that more may be sent; the amount is their number.</summary>
    Window,

    /// <summary>The peer ended its direction.</summary>
    EndOfStream,

    /// <summary>The peer learned of the end of this side's direction.</summary>
    EndOfStreamAcknowledged,

    /// <summary>A reset arrived.</summary>
    Reset,

    /// <summary>The connection's end was reported to its handler; the amount is the <see cref="Channels.CloseReason"/>.</summary>
    Closed,

    /// <summary>A datagram arrived; the subject is the receiving socket's port, the amount its bytes.</summary>
    Datagram,

    /// <summary>A datagram was lost; the subject is the sending socket's port, the amount its bytes.</summary>
    DatagramLost,
}

/// <summary>One thing that happened in a simulated network.</summary>
/// <param name="Time">Virtual time since the network was made.</param>
/// <param name="Kind">What.</param>
/// <param name="Subject">To which channel, connection or socket.</param>
/// <param name="Amount">How much, by kind.</param>
public readonly record struct SimulatedEvent(TimeSpan Time, SimulatedEventKind Kind, int Subject, long Amount);
