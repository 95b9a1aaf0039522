using System.Net;

namespace Broadside.Channels;

/// <summary>A datagram that arrived, borrowed for the duration of <see cref="IDatagramHandler.OnReceived"/>.</summary>
/// <param name="Bytes">The payload; may be empty.</param>
/// <param name="From">The sender, to be answered by <see cref="ChannelDatagramSocket.TrySend"/>. Copy it to keep it.</param>
public readonly record struct ReceivedDatagram(Extent Bytes, SocketAddress From);

/// <summary>Receives a datagram socket's events, on its channel's thread, never from within a call on the socket.</summary>
/// <remarks>A callback that throws is logged; the socket goes on, so that one bad datagram stops no service.</remarks>
public interface IDatagramHandler
{
    /// <summary>Datagrams arrived: all that could be read at once, up to the socket's batch size.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="batch">At least one datagram, borrowed until the callback returns.</param>
    void OnReceived(ChannelDatagramSocket socket, ReadOnlySpan<ReceivedDatagram> batch);

    /// <summary>The socket is over; last callback.</summary>
    /// <param name="error">What went wrong, or null when it was closed.</param>
    void OnClosed(Exception? error);
}

/// <summary>How a channel binds a datagram socket.</summary>
public sealed record DatagramOptions
{
    /// <summary>The largest datagram received whole, in bytes; longer ones are dropped and counted. Default 4,096.</summary>
    public int MaximumLength { get; init; } = 4096;

    /// <summary>How many datagrams are read before the handler is called. Default 32.</summary>
    public int BatchSize { get; init; } = 32;
}

/// <summary>A UDP socket on a channel. Used on the channel's thread.</summary>
public abstract class ChannelDatagramSocket
{
    /// <summary>The endpoint bound, with the port the system chose where 0 was asked for. May be read from any thread.</summary>
    public abstract EndPoint LocalEndPoint { get; }

    /// <summary>Hands a datagram to the transport, which copies it. Nothing is queued: datagrams may be lost.</summary>
    /// <param name="bytes">The payload.</param>
    /// <param name="to">The receiver.</param>
    /// <returns>False when the transport has no room now, and the datagram is dropped.</returns>
    /// <exception cref="ArgumentException">The payload is longer than the transport can ever send.</exception>
    public abstract bool TrySend(ReadOnlySpan<byte> bytes, SocketAddress to);

    /// <summary>Closes the socket; <see cref="IDatagramHandler.OnClosed"/> follows. May be called again.</summary>
    public abstract void Close();
}
