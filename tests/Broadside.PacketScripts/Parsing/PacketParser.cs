using Broadside.NetStack.Wire;

namespace Broadside.PacketScripts.Parsing;

/// <summary>Parses the packets of a script, from their direction on.</summary>
internal sealed class PacketParser(TokenReader reader)
{
    private readonly TcpOptionParser _options = new(reader);

    public ScriptPacket Parse()
    {
        var isOutbound = reader.Take().Is('>');
        if (reader.Current.Text is "ipv4" or "ipv6" or "gre" or "GREv0" or "mpls" && reader.Current.Kind == TokenKind.Word)
        {
            throw reader.Unsupported($"encapsulation in {reader.Current.Text}");
        }

        var network = ParseNetworkFields();
        if (network.Ecn == EcnExpectation.EcnCapable && !isOutbound)
        {
            throw reader.Error("[ect01] is for outbound packets only");
        }

        TransportFields transport = reader.TryTakeWord("udp") ? ParseUdp()
            : reader.TryTakeWord("icmp") ? ParseIcmp()
            : ParseTcp(isOutbound);
        return new(isOutbound, network, transport);
    }

    private NetworkFields ParseNetworkFields()
    {
        if (!reader.Current.Is('[') && !reader.Current.Is('('))
        {
            return NetworkFields.Unspecified;
        }

        var close = reader.Take().Is('[') ? ']' : ')';
        var fields = NetworkFields.Unspecified;
        do
        {
            fields = ParseNetworkField(fields);
        }
        while (reader.TryTake(','));

        reader.Expect(close);
        return fields;
    }

    private NetworkFields ParseNetworkField(NetworkFields fields)
    {
        switch (reader.TakeWord("noecn, ect0, ect1, ect01, ce, tos, flowlabel or ttl"))
        {
            case "noecn":
                return fields with { Ecn = EcnExpectation.NotEcnCapable };
            case "ect0":
                return fields with { Ecn = EcnExpectation.EcnCapable0 };
            case "ect1":
                return fields with { Ecn = EcnExpectation.EcnCapable1 };
            case "ect01":
                return fields with { Ecn = EcnExpectation.EcnCapable };
            case "ce":
                return fields with { Ecn = EcnExpectation.CongestionExperienced };
            case "tos":
                return fields with { TypeOfService = (byte)reader.TakeHexInteger("type of service", byte.MaxValue) };
            case "flowlabel":
                return fields with { FlowLabel = (uint)reader.TakeHexInteger("flow label", 0xF_FFFF) };
            case "ttl":
                return fields with { TimeToLive = (byte)reader.TakeInteger("time to live", 1, byte.MaxValue) };
            default:
                throw reader.Error("expected noecn, ect0, ect1, ect01, ce, tos, flowlabel or ttl");
        }
    }

    private PortPair? ParsePorts()
    {
        if (reader.Current.Kind != TokenKind.Integer || !reader.Following.Is('>'))
        {
            return null;
        }

        var source = TakePort("source port");
        reader.Expect('>');
        return new(source, TakePort("destination port"));
    }

    private ushort TakePort(string what) => (ushort)reader.TakeInteger(what, 0, ushort.MaxValue);

    private UdpFields ParseUdp()
    {
        var ports = ParsePorts();
        return new(ports, TakeParenthesizedLength());
    }

    private TcpFields ParseTcp(bool isOutbound)
    {
        var ports = ParsePorts();
        var flags = ParseFlags();
        var (sequence, length) = ParseSequence();
        var acknowledgment = reader.TryTakeWord("ack") ? (uint)reader.TakeInteger("acknowledgment number", 0, uint.MaxValue) : 0;
        ushort? window = reader.TryTakeWord("win") ? (ushort)reader.TakeInteger("window", 0, ushort.MaxValue) : null;
        var urgentPointer = reader.TryTakeWord("urg") ? (ushort)reader.TakeInteger("urgent pointer", 0, ushort.MaxValue) : (ushort)0;
        var options = _options.Parse(isOutbound);
        if (reader.Current.Is('{'))
        {
            throw reader.Unsupported("mutation of packets");
        }

        return new(ports, flags, sequence, length, acknowledgment, window, urgentPointer, options);
    }

    private TcpFlags ParseFlags()
    {
        if (reader.TryTake('-'))
        {
            return TcpFlags.None;
        }

        var flags = TcpFlags.None;
        var isWord = reader.Current.Kind == TokenKind.Word;
        if (isWord)
        {
            foreach (var letter in reader.Current.Text)
            {
                flags |= FlagOf(letter);
            }

            reader.Take();
        }

        if (reader.Current.Kind == TokenKind.Float && reader.Current.Text[0] == '.')
        {
            throw reader.Unsupported("the counter of accurate ECN");
        }

        return reader.TryTake('.') ? flags | TcpFlags.Ack
            : isWord ? flags
            : throw reader.Unexpected("flags");
    }

    private TcpFlags FlagOf(char letter) => letter switch
    {
        'F' => TcpFlags.Fin,
        'S' => TcpFlags.Syn,
        'R' => TcpFlags.Rst,
        'P' => TcpFlags.Psh,
        'U' => TcpFlags.Urg,
        'E' => TcpFlags.Ece,
        'W' => TcpFlags.Cwr,
        'A' => throw reader.Unsupported("the AE flag of accurate ECN"),
        _ => throw reader.Unexpected("flags"),
    };

    private (uint Sequence, int Length) ParseSequence()
    {
        var start = (uint)reader.TakeInteger("sequence number", 0, uint.MaxValue);
        reader.Expect(':');
        var end = (uint)reader.TakeInteger("end of the sequence", 0, uint.MaxValue);
        var length = TakeParenthesizedLength();
        return start + (uint)length == end ? (start, length)
            : throw reader.Error($"{start} and {length} bytes do not end at {end}");
    }

    private int TakeParenthesizedLength()
    {
        reader.Expect('(');
        var length = (int)reader.TakeInteger("payload length", 0, ushort.MaxValue);
        reader.Expect(')');
        return length;
    }

    private IcmpFields ParseIcmp()
    {
        var type = reader.TakeWord("an ICMP type");
        var code = reader.Current.Kind == TokenKind.Word && reader.Current.Text is not ("mtu" or "id") ? reader.Take().Text : null;
        uint? mtu = reader.TryTakeWord("mtu") ? (uint)reader.TakeInteger("MTU", 0, uint.MaxValue) : null;
        ushort? identifier = reader.TryTakeWord("id") ? (ushort)reader.TakeInteger("identifier", 0, ushort.MaxValue) : null;
        return new(type, code, mtu, identifier, ParseQuoted());
    }

    private QuotedFields? ParseQuoted()
    {
        if (!reader.TryTake('['))
        {
            return null;
        }

        if (reader.Current.IsWord("raw"))
        {
            throw reader.Unsupported("a quotation of neither TCP nor UDP");
        }

        var protocol = reader.TryTakeWord("udp") ? InternetProtocol.Udp : InternetProtocol.Tcp;
        var (sequence, length) = protocol == InternetProtocol.Udp ? (0, TakeParenthesizedLength()) : ParseSequence();
        reader.Expect(']');
        return new(protocol, sequence, length);
    }
}
