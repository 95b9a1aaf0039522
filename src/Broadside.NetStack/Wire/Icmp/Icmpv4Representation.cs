namespace Broadside.NetStack.Wire;

/// <summary>The header of an ICMP message, made by what it says. Its data are emitted by whoever has them.</summary>
internal readonly record struct Icmpv4Representation
{
    public const int HeaderLength = Icmpv4Packet.HeaderLength;

    private readonly uint _restOfHeader;

    private Icmpv4Representation(Icmpv4Type type, byte code, uint restOfHeader)
    {
        Type = type;
        Code = code;
        _restOfHeader = restOfHeader;
    }

    public Icmpv4Type Type { get; }

    public byte Code { get; }

    public bool IsEcho => Type is Icmpv4Type.EchoRequest or Icmpv4Type.EchoReply;

    public bool IsFragmentationNeeded =>
        Type == Icmpv4Type.DestinationUnreachable && Code == (byte)Icmpv4UnreachableCode.FragmentationNeeded;

    /// <summary>Of an echo: who asked.</summary>
    public ushort Identifier => (ushort)(_restOfHeader >> 16);

    /// <summary>Of an echo: which one it is.</summary>
    public ushort SequenceNumber => (ushort)_restOfHeader;

    /// <summary>Where fragmentation was needed: the next link's MTU, or zero from a router that does not say (RFC 1191).</summary>
    public ushort NextHopMtu => (ushort)_restOfHeader;

    /// <summary>Of a parameter problem: which octet is wrong.</summary>
    public byte Pointer => (byte)(_restOfHeader >> 24);

    public static Icmpv4Representation EchoRequest(ushort identifier, ushort sequenceNumber) =>
        new(Icmpv4Type.EchoRequest, 0, ((uint)identifier << 16) | sequenceNumber);

    public static Icmpv4Representation EchoReply(ushort identifier, ushort sequenceNumber) =>
        new(Icmpv4Type.EchoReply, 0, ((uint)identifier << 16) | sequenceNumber);

    public static Icmpv4Representation DestinationUnreachable(Icmpv4UnreachableCode code) =>
        new(Icmpv4Type.DestinationUnreachable, (byte)code, 0);

    public static Icmpv4Representation FragmentationNeeded(ushort nextHopMtu) =>
        new(Icmpv4Type.DestinationUnreachable, (byte)Icmpv4UnreachableCode.FragmentationNeeded, nextHopMtu);

    public static Icmpv4Representation TimeExceeded(TimeExceededCode code) => new(Icmpv4Type.TimeExceeded, (byte)code, 0);

    public static Icmpv4Representation ParameterProblem(byte pointer) => new(Icmpv4Type.ParameterProblem, 0, (uint)pointer << 24);

    public static bool TryParse(
        Icmpv4Packet packet, ChecksumValidation validation, out Icmpv4Representation representation, out PacketDefect defect)
    {
        defect = validation == ChecksumValidation.Software && !packet.HasValidChecksum ? PacketDefect.BadChecksum
            : UsedBits(packet.Type, packet.Code) is null ? PacketDefect.Unsupported
            : PacketDefect.None;
        representation = defect == PacketDefect.None
            ? new(packet.Type, packet.Code, packet.RestOfHeader & UsedBits(packet.Type, packet.Code)!.Value)
            : default;
        return defect == PacketDefect.None;
    }

    /// <summary>Writes the header of a message with these data.</summary>
    public void Emit(Span<byte> header, PayloadSum data)
    {
        header = header[..HeaderLength];
        header[0] = (byte)Type;
        header[1] = Code;
        header.WriteUInt16(2, 0);
        header.WriteUInt32(4, _restOfHeader);
        header.WriteUInt16(2, PayloadSum.Of(header).Append(data).Sum.Checksum);
    }

    // The rest is unused: sent as zero and ignored when received. Null for types that are not known.
    private static uint? UsedBits(Icmpv4Type type, byte code) => type switch
    {
        Icmpv4Type.EchoRequest or Icmpv4Type.EchoReply => uint.MaxValue,
        Icmpv4Type.DestinationUnreachable => code == (byte)Icmpv4UnreachableCode.FragmentationNeeded ? ushort.MaxValue : 0u,
        Icmpv4Type.TimeExceeded => 0u,
        Icmpv4Type.ParameterProblem => 0xFF00_0000,
        _ => null,
    };
}
