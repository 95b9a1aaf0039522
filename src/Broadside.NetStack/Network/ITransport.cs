namespace Broadside.NetStack.Network;

/// <summary>What the network layer hands packets of one protocol to.</summary>
internal interface ITransport
{
    /// <summary>A packet for this host. Its bytes are valid during the call.</summary>
    void Process(in IncomingPacket packet, TimeSpan now);

    /// <summary>Word of a packet sent before. Whether it is to be believed is the transport's to judge (RFC 5927).</summary>
    void ProcessError(in DeliveryError error, TimeSpan now);
}
