namespace Broadside.NetStack.Wire;

/// <summary>The header of an Ethernet II frame.</summary>
internal readonly record struct EthernetRepresentation(MacAddress Destination, MacAddress Source, EtherType EtherType)
{
    public const int HeaderLength = EthernetFrame.HeaderLength;

    public static bool TryParse(EthernetFrame frame, out EthernetRepresentation representation, out PacketDefect defect)
    {
        representation = new(frame.Destination, frame.Source, frame.EtherType);
        defect = representation.Inspect();
        return defect == PacketDefect.None;
    }

    public void Emit(Span<byte> header)
    {
        Inspect().ThrowIfDefective();
        Destination.Write(header);
        Source.Write(header[6..]);
        header.WriteUInt16(12, (ushort)EtherType);
    }

    private PacketDefect Inspect() => Source.IsGroup ? PacketDefect.BadSourceAddress : PacketDefect.None;
}
