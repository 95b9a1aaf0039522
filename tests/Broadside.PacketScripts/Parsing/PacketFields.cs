using Broadside.NetStack.Wire;

namespace Broadside.PacketScripts.Parsing;

/// <summary>What a script says of the IP header; what is null is not compared, and is usual in an injected packet.</summary>
internal sealed record NetworkFields(EcnExpectation? Ecn = null, byte? TypeOfService = null, uint? FlowLabel = null, byte? TimeToLive = null)
{
    public static NetworkFields Unspecified { get; } = new();
}

/// <summary>The ECN field's values, and one of either ECT: [ect01].</summary>
internal enum EcnExpectation : byte
{
    NotEcnCapable = EcnCodepoint.NotEcnCapable,
    EcnCapable1 = EcnCodepoint.EcnCapable1,
    EcnCapable0 = EcnCodepoint.EcnCapable0,
    CongestionExperienced = EcnCodepoint.CongestionExperienced,
    EcnCapable,
}

internal abstract record TransportFields;

/// <summary>The ports where a script names them: 1234>8080.</summary>
internal sealed record PortPair(ushort Source, ushort Destination);

/// <param name="Ports">The ports; null for the connection's own.</param>
/// <param name="Flags">The control bits.</param>
/// <param name="Sequence">Where the payload begins, relative to the initial sequence number.</param>
/// <param name="PayloadLength">How long it is.</param>
/// <param name="Acknowledgment">The acknowledgment number, or zero.</param>
/// <param name="Window">The window as on the wire; null where an outbound packet's is not compared.</param>
/// <param name="UrgentPointer">The urgent pointer, or zero.</param>
/// <param name="Options">The options; null where an outbound packet's are not compared.</param>
internal sealed record TcpFields(
    PortPair? Ports,
    TcpFlags Flags,
    uint Sequence,
    int PayloadLength,
    uint Acknowledgment,
    ushort? Window,
    ushort UrgentPointer,
    IReadOnlyList<TcpOptionField>? Options) : TransportFields;

internal sealed record UdpFields(PortPair? Ports, int PayloadLength) : TransportFields;

/// <param name="Type">The type's name, such as unreachable.</param>
/// <param name="Code">The code's name, such as frag_needed.</param>
/// <param name="Mtu">Of a packet too big, the MTU.</param>
/// <param name="Identifier">Of an echo, who asked.</param>
/// <param name="Quoted">The packet that the message is about; null for the connection's first.</param>
internal sealed record IcmpFields(string Type, string? Code, uint? Mtu, ushort? Identifier, QuotedFields? Quoted) : TransportFields;

/// <param name="Protocol">TCP or UDP.</param>
/// <param name="Sequence">Of TCP, the sequence number.</param>
/// <param name="PayloadLength">How long the payload was.</param>
internal sealed record QuotedFields(InternetProtocol Protocol, uint Sequence, int PayloadLength);
