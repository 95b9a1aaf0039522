using Broadside.NetStack.Devices;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>The device, as the layer above it sends: link headers and the limits of the link.</summary>
internal sealed class LinkOutput(PacketDevice device)
{
    public bool HasNeighbors { get; } = device.LinkLayer == LinkLayer.Ethernet;

    public int HeaderLength { get; } = device.LinkLayer == LinkLayer.Ethernet ? EthernetRepresentation.HeaderLength : 0;

    public MacAddress Address { get; } = device.MacAddress;

    public bool IsUp => device.IsUp;

    public int MaximumTransmissionUnit { get; } = device.MaximumTransmissionUnit;

    /// <summary>The longest packet that the device cuts into segments itself; zero if it cuts none.</summary>
    public int MaximumSegmentedLength => Math.Max(0, device.MaximumSegmentedLength - HeaderLength);

    public void WriteHeader(Span<byte> frame, MacAddress destination, EtherType type)
    {
        if (HasNeighbors)
        {
            new EthernetRepresentation(destination, Address, type).Emit(frame);
        }
    }

    public bool TryTransmit(scoped in OutgoingFrame frame) => device.TryTransmit(frame);

    /// <summary>Sends what is small and may get lost.</summary>
    public void Transmit(scoped ReadOnlySpan<byte> frame) => device.TryTransmit(new OutgoingFrame { Headers = frame });
}
