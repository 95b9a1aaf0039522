namespace Broadside.NetStack.Wire;

/// <summary>
/// The header of an ICMPv6 echo or error, made by what it says. Its data are emitted by whoever has them. Neighbor discovery has
/// representations of its own.
/// </summary>
internal readonly record struct Icmpv6Representation
{
    public const int HeaderLength = Icmpv6Packet.HeaderLength;

    private readonly uint _restOfHeader;

    private Icmpv6Representation(Icmpv6Type type, byte code, uint restOfHeader)
    {
        Type = type;
        Code = code;
        _restOfHeader = restOfHeader;
    }

    public Icmpv6Type Type { get; }

    public byte Code { get; }

    public bool IsEcho => Type is Icmpv6Type.EchoRequest or Icmpv6Type.EchoReply;

    /// <summary>Of an echo: who asked.</summary>
    public ushort Identifier => (ushort)(_restOfHeader >> 16);

    /// <summary>Of an echo: which one it is.</summary>
    public ushort SequenceNumber => (ushort)_restOfHeader;

    /// <summary>Of a packet too big: the next link's MTU.</summary>
    public uint Mtu => _restOfHeader;

    /// <summary>Of a parameter problem: where in the packet it is.</summary>
    public uint Pointer => _restOfHeader;

    public static Icmpv6Representation EchoRequest(ushort identifier, ushort sequenceNumber) =>
        new(Icmpv6Type.EchoRequest, 0, ((uint)identifier << 16) | sequenceNumber);

    public static Icmpv6Representation EchoReply(ushort identifier, ushort sequenceNumber) =>
        new(Icmpv6Type.EchoReply, 0, ((uint)identifier << 16) | sequenceNumber);

    public static Icmpv6Representation DestinationUnreachable(Icmpv6UnreachableCode code) =>
        new(Icmpv6Type.DestinationUnreachable, (byte)code, 0);

    public static Icmpv6Representation PacketTooBig(uint mtu) => new(Icmpv6Type.PacketTooBig, 0, mtu);

    public static Icmpv6Representation TimeExceeded(TimeExceededCode code) => new(Icmpv6Type.TimeExceeded, (byte)code, 0);

    public static Icmpv6Representation ParameterProblem(ParameterProblemCode code, uint pointer) =>
        new(Icmpv6Type.ParameterProblem, (byte)code, pointer);

    public static bool TryParse(
        Icmpv6Packet packet,
        PseudoHeader pseudoHeader,
        ChecksumValidation validation,
        out Icmpv6Representation representation,
        out PacketDefect defect)
    {
        defect = validation == ChecksumValidation.Software && !packet.HasValidChecksum(pseudoHeader) ? PacketDefect.BadChecksum
            : UsedBits(packet.Type) is null ? PacketDefect.Unsupported
            : PacketDefect.None;
        representation = defect == PacketDefect.None
            ? new(packet.Type, packet.Code, packet.RestOfHeader & UsedBits(packet.Type)!.Value)
            : default;
        return defect == PacketDefect.None;
    }

    /// <summary>Writes the header of a message with these data.</summary>
    public void Emit(Span<byte> header, PseudoHeader pseudoHeader, PayloadSum data)
    {
        header = header[..HeaderLength];
        header[0] = (byte)Type;
        header[1] = Code;
        header.WriteUInt16(2, 0);
        header.WriteUInt32(4, _restOfHeader);
        header.WriteUInt16(2, pseudoHeader.Checksum(header, data));
    }

    // The rest is unused: sent as zero and ignored when received. Null for types that are not known.
    private static uint? UsedBits(Icmpv6Type type) => type switch
    {
        Icmpv6Type.EchoRequest or Icmpv6Type.EchoReply or Icmpv6Type.PacketTooBig or Icmpv6Type.ParameterProblem => uint.MaxValue,
        Icmpv6Type.DestinationUnreachable or Icmpv6Type.TimeExceeded => 0u,
        _ => null,
    };
}
