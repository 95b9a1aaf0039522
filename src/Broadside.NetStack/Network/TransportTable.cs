using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>Who takes which protocol.</summary>
internal sealed class TransportTable(AddressTable addresses, IPacketSteering? steering, NetworkCounters counters)
{
    private readonly ITransport?[] _byProtocol = new ITransport?[byte.MaxValue + 1];

    public void Register(InternetProtocol protocol, ITransport transport) => _byProtocol[(int)protocol] = transport;

    /// <summary>Hands a packet over; false if nobody takes its protocol.</summary>
    public bool TryDeliver(scoped in IncomingPacket packet, TimeSpan now)
    {
        if (_byProtocol[(int)packet.Protocol] is not { } transport)
        {
            return false;
        }

        if (steering is not null && steering.TryForward(packet))
        {
            counters.Count(NetworkCounter.Steered);
            return true;
        }

        counters.Count(NetworkCounter.Delivered);
        transport.Process(packet, now);
        return true;
    }

    /// <summary>Hands on an error about a packet, if this host could have sent that.</summary>
    public void Report(in DeliveryError error, TimeSpan now)
    {
        if (!addresses.IsLocal(error.Packet.SourceAddress) || _byProtocol[(int)error.Packet.Protocol] is not { } transport)
        {
            counters.Count(NetworkCounter.ErrorNotOurs);
            return;
        }

        if (steering is not null && steering.TryForward(error))
        {
            counters.Count(NetworkCounter.Steered);
            return;
        }

        counters.Count(NetworkCounter.ErrorReported);
        transport.ProcessError(error, now);
    }
}
