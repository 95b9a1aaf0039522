using System.Net.Sockets;

namespace Broadside.Bench.Load;

/// <summary>How a contender is spoken to. Every contender has one topic, and a subscriber has its messages in a known form.</summary>
internal interface IWireProtocol
{
    /// <summary>Subscribes; returns when the server has confirmed it.</summary>
    void Subscribe(Socket socket);

    /// <summary>Makes the connection a publisher's.</summary>
    void Introduce(Socket socket);

    /// <summary>What publishes a message.</summary>
    byte[] Publication(ReadOnlySpan<byte> payload);

    /// <summary>What each subscriber gets of it.</summary>
    byte[] Delivery(ReadOnlySpan<byte> payload);
}
