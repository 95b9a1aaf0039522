using System.Globalization;
using System.Text;
using Broadside.NetStack.Wire;

namespace Broadside.PacketScripts.Parsing;

/// <summary>Writes scripts, and parts of them for messages, as they would be parsed.</summary>
internal static class ScriptPrinter
{
    private const string FlagLetters = "FSRP.UEW";

    public static string Print(Script script)
    {
        var text = new StringBuilder();
        foreach (var option in script.Options)
        {
            text.Append("--").Append(option.Name).Append(option.Value is null ? "" : $"=\"{option.Value}\"").Append('\n');
        }

        foreach (var command in script.Setup)
        {
            text.Append(Print(command)).Append('\n');
        }

        foreach (var scriptEvent in script.Events)
        {
            text.Append(Print(scriptEvent)).Append('\n');
        }

        foreach (var command in script.Cleanup)
        {
            text.Append(Print(command)).Append('\n');
        }

        return text.ToString();
    }

    public static string Print(ScriptAction action) => action switch
    {
        ScriptPacket packet => Print(packet),
        SystemCall call => Print(call),
        ShellCommand command => $"`{command.Text}`",
        CodeBlock code => $"%{{ {code.Text} }}%",
        _ => throw new NotSupportedException(),
    };

    public static string Print(TcpFlags flags)
    {
        var letters = new StringBuilder();
        for (var bit = 0; bit < FlagLetters.Length; bit++)
        {
            // The acknowledgment's dot is written last.
            if (((int)flags & (1 << bit)) != 0 && FlagLetters[bit] != '.')
            {
                letters.Append(FlagLetters[bit]);
            }
        }

        return flags == TcpFlags.None ? "-" : letters.Append((flags & TcpFlags.Ack) != 0 ? "." : "").ToString();
    }

    public static string Print(ScriptPacket packet) =>
        $"{(packet.IsOutbound ? '>' : '<')} {Print(packet.Network)}{Print(packet.Transport)}";

    public static string PrintSeconds(TimeSpan time) => time.TotalSeconds.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Print(ScriptEvent scriptEvent) => scriptEvent.Action is SystemCall { End: { } end } call
        ? $"{Print(scriptEvent.Time)}...{PrintSeconds(end)} {Print(call)}"
        : $"{Print(scriptEvent.Time)} {Print(scriptEvent.Action)}";

    private static string Print(EventTime time) => time.Kind switch
    {
        EventTimeKind.Absolute => PrintSeconds(time.Start),
        EventTimeKind.Relative => $"+{PrintSeconds(time.Start)}",
        EventTimeKind.AbsoluteRange => $"{PrintSeconds(time.Start)}~{PrintSeconds(time.End)}",
        EventTimeKind.RelativeRange => $"+{PrintSeconds(time.Start)}~+{PrintSeconds(time.End)}",
        _ => "*",
    };

    private static string Print(SystemCall call) =>
        $"{call.Name}({string.Join(", ", call.Arguments)}) = {call.Result}"
        + (call.Errno is null ? "" : $" {call.Errno}")
        + (call.Note is null ? "" : $" ({call.Note})");

    private static string Print(NetworkFields network)
    {
        var parts = new List<string>();
        if (network.Ecn is { } ecn)
        {
            parts.Add(ecn switch
            {
                EcnExpectation.NotEcnCapable => "noecn",
                EcnExpectation.EcnCapable0 => "ect0",
                EcnExpectation.EcnCapable1 => "ect1",
                EcnExpectation.CongestionExperienced => "ce",
                _ => "ect01",
            });
        }

        if (network.TypeOfService is { } typeOfService)
        {
            parts.Add($"tos 0x{typeOfService:x}");
        }

        if (network.FlowLabel is { } flowLabel)
        {
            parts.Add($"flowlabel 0x{flowLabel:x}");
        }

        if (network.TimeToLive is { } timeToLive)
        {
            parts.Add($"ttl {timeToLive}");
        }

        return parts.Count == 0 ? "" : $"[{string.Join(',', parts)}] ";
    }

    private static string Print(TransportFields transport) => transport switch
    {
        TcpFields tcp => Print(tcp),
        UdpFields udp => $"udp {Print(udp.Ports)}({udp.PayloadLength})",
        IcmpFields icmp => Print(icmp),
        _ => throw new NotSupportedException(),
    };

    private static string Print(PortPair? ports) => ports is null ? "" : $"{ports.Source}>{ports.Destination} ";

    private static string Print(TcpFields tcp) =>
        $"{Print(tcp.Ports)}{Print(tcp.Flags)} {tcp.Sequence}:{tcp.Sequence + (uint)tcp.PayloadLength}({tcp.PayloadLength})"
        + ((tcp.Flags & TcpFlags.Ack) != 0 || tcp.Acknowledgment != 0 ? $" ack {tcp.Acknowledgment}" : "")
        + (tcp.Window is null ? "" : $" win {tcp.Window}")
        + (tcp.UrgentPointer == 0 ? "" : $" urg {tcp.UrgentPointer}")
        + (tcp.Options switch { null => " <...>", [] => "", var options => $" <{string.Join(',', options)}>" });

    private static string Print(IcmpFields icmp) =>
        $"icmp {icmp.Type}"
        + (icmp.Code is null ? "" : $" {icmp.Code}")
        + (icmp.Mtu is null ? "" : $" mtu {icmp.Mtu}")
        + (icmp.Identifier is null ? "" : $" id {icmp.Identifier}")
        + (icmp.Quoted switch
        {
            null => "",
            { Protocol: InternetProtocol.Udp } quoted => $" [udp ({quoted.PayloadLength})]",
            var quoted => $" [{quoted.Sequence}:{quoted.Sequence + (uint)quoted.PayloadLength}({quoted.PayloadLength})]",
        });
}
