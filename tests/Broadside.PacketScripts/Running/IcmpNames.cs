using Broadside.NetStack.Wire;
using Broadside.PacketScripts.Parsing;

namespace Broadside.PacketScripts.Running;

/// <summary>The names that scripts have for ICMP's types and codes.</summary>
internal static class IcmpNames
{
    // RFC 792 and RFC 1122 section 3.2.2.1: a code is a place in the list.
    private static readonly string[] UnreachableCodes =
    [
        "net_unreachable", "host_unreachable", "protocol_unreachable", "port_unreachable", "frag_needed", "source_route_failed",
        "net_unknown", "host_unknown", "source_host_isolated", "net_prohibited", "host_prohibited", "net_unreachable_for_tos",
        "host_unreachable_for_tos", "comm_prohibited", "host_precedence_violation", "precedence_cutoff_in_effect",
    ];

    // RFC 4443 section 3.1.
    private static readonly string[] UnreachableCodes6 =
    [
        "no_route", "admin_prohibited", "not_neighbour", "address_unreachable", "port_unreachable",
    ];

    private static readonly string[] TimeExceededCodes = ["ttl_exceeded", "frag_time_exceeded"];

    public static Icmpv4Representation ToIcmpv4(IcmpFields fields) => fields.Type switch
    {
        "echo_request" => Icmpv4Representation.EchoRequest(fields.Identifier ?? 0, 0),
        "echo_reply" => Icmpv4Representation.EchoReply(fields.Identifier ?? 0, 0),
        "unreachable" when fields.Code == "frag_needed" => Icmpv4Representation.FragmentationNeeded((ushort)(fields.Mtu ?? 0)),
        "unreachable" => Icmpv4Representation.DestinationUnreachable((Icmpv4UnreachableCode)CodeOf(fields, UnreachableCodes)),
        "time_exceeded" => Icmpv4Representation.TimeExceeded((TimeExceededCode)CodeOf(fields, TimeExceededCodes)),
        _ => throw Unknown(fields),
    };

    public static Icmpv6Representation ToIcmpv6(IcmpFields fields) => fields.Type switch
    {
        "echo_request" => Icmpv6Representation.EchoRequest(fields.Identifier ?? 0, 0),
        "echo_reply" => Icmpv6Representation.EchoReply(fields.Identifier ?? 0, 0),
        "packet_too_big" => Icmpv6Representation.PacketTooBig(fields.Mtu ?? 0),
        "unreachable" => Icmpv6Representation.DestinationUnreachable((Icmpv6UnreachableCode)CodeOf(fields, UnreachableCodes6)),
        "time_exceeded" => Icmpv6Representation.TimeExceeded((TimeExceededCode)CodeOf(fields, TimeExceededCodes)),
        _ => throw Unknown(fields),
    };

    public static IcmpFields Describe(Icmpv4Representation message) => message.Type switch
    {
        Icmpv4Type.EchoRequest => new("echo_request", null, null, message.Identifier, null),
        Icmpv4Type.EchoReply => new("echo_reply", null, null, message.Identifier, null),
        Icmpv4Type.DestinationUnreachable =>
            new("unreachable", NameOf(message.Code, UnreachableCodes), message.IsFragmentationNeeded ? message.NextHopMtu : null, null, null),
        Icmpv4Type.TimeExceeded => new("time_exceeded", NameOf(message.Code, TimeExceededCodes), null, null, null),
        _ => new("parameter_problem", null, null, null, null),
    };

    public static IcmpFields Describe(Icmpv6Representation message) => message.Type switch
    {
        Icmpv6Type.EchoRequest => new("echo_request", null, null, message.Identifier, null),
        Icmpv6Type.EchoReply => new("echo_reply", null, null, message.Identifier, null),
        Icmpv6Type.PacketTooBig => new("packet_too_big", null, message.Mtu, null, null),
        Icmpv6Type.DestinationUnreachable => new("unreachable", NameOf(message.Code, UnreachableCodes6), null, null, null),
        Icmpv6Type.TimeExceeded => new("time_exceeded", NameOf(message.Code, TimeExceededCodes), null, null, null),
        _ => new("parameter_problem", null, null, null, null),
    };

    private static int CodeOf(IcmpFields fields, string[] names)
    {
        var code = fields.Code is null ? 0 : Array.IndexOf(names, fields.Code);
        return code >= 0 ? code : throw Unknown(fields);
    }

    private static string NameOf(byte code, string[] names) => code < names.Length ? names[code] : $"code_{code}";

    private static ScriptFailedException Unknown(IcmpFields fields) => new($"ICMP has no {fields.Type} {fields.Code} here");
}
