namespace Broadside.NetStack.Tcp;

/// <summary>What has happened to a connection since its user was told last.</summary>
[Flags]
internal enum TcpEvents : byte
{
    None = 0,

    /// <summary>The handshake is over.</summary>
    Established = 1,

    /// <summary>There are bytes to read.</summary>
    Readable = 2,

    /// <summary>The unsent bytes have fallen to the limit.</summary>
    SendSpace = 4,

    /// <summary>Batches were acknowledged whole.</summary>
    Released = 8,

    /// <summary>The peer's FIN was received, and so was all before it.</summary>
    PeerClosed = 16,

    /// <summary>The extent to receive into is full.</summary>
    TargetFilled = 32,

    /// <summary>The connection is over; the last event.</summary>
    Closed = 64,
}
