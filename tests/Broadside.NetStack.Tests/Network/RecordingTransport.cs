using Broadside.NetStack.Network;

namespace Broadside.NetStack.Tests.Network;

/// <summary>A transport that keeps what it is handed.</summary>
internal sealed class RecordingTransport : ITransport
{
    public List<RecordedPacket> Packets { get; } = [];

    public List<DeliveryError> Errors { get; } = [];

    public int Count { get; private set; }

    public bool IsRecording { get; set; } = true;

    public void Process(in IncomingPacket packet, TimeSpan now)
    {
        Count++;
        if (IsRecording)
        {
            Packets.Add(new(packet.Source, packet.Destination, packet.Protocol, packet.Payload.ToArray(), packet.Ecn, packet.IsGroup));
        }
    }

    public void ProcessError(in DeliveryError error, TimeSpan now)
    {
        if (IsRecording)
        {
            Errors.Add(error);
        }
    }
}

internal sealed record RecordedPacket(
    NetworkAddress Source,
    NetworkAddress Destination,
    InternetProtocol Protocol,
    byte[] Payload,
    EcnCodepoint Ecn,
    bool IsGroup);
