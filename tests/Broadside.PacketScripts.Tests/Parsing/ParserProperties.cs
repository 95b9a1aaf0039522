using Broadside.NetStack.Wire;
using Broadside.PacketScripts.Parsing;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.PacketScripts.Tests.Parsing;

public sealed class ParserProperties
{
    private const string Alphabet = "<>[]{}()0123456789.:+-*~,|=\"`%/ \n\\abSPFackwinTSnop";

    private static readonly string[] Pieces =
    [
        "0", "+.1", "...", "<", ">", "S", ".", "1:1(0)", "ack 1", "win 5", "<mss 1460>", "<...>", "sack", "TS val 1 ecr", "[ect0]", "udp",
        "icmp", "mtu", "close(3)", "=", "-1", "EAGAIN", "(note)", "`cmd`", "%{ code }%", "--opt=1", "\"text\"", "{fd=1}", "//", "/*", "*/",
        "99999999999999999999", "0x", "::", "1::2", "\n", "~", "*",
    ];

    [Fact]
    public void What_is_printed_parses_to_the_same() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(Scripts().ToArbitrary(), script =>
        {
            var printed = ScriptPrinter.Print(script);
            return ScriptPrinter.Print(ScriptParser.Parse(printed)) == printed;
        }));

    [Fact]
    public void Garbage_is_refused_with_a_place_in_it()
    {
        var characters = Gen.Elements(Alphabet.ToCharArray()).ArrayOf().Select(letters => new string(letters));
        var pieces = Gen.Elements(Pieces).ArrayOf().Select(words => string.Join(' ', words));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(10_000), Prop.ForAll(Gen.OneOf(characters, pieces).ToArbitrary(), ParsesOrIsRefused));
    }

    private static bool ParsesOrIsRefused(string text)
    {
        try
        {
            ScriptParser.Parse(text);
            return true;
        }
        catch (ScriptSyntaxException exception)
        {
            return exception.Position.Line >= 1 && exception.Position.Line <= text.Count(c => c == '\n') + 1 && exception.Position.Column >= 1;
        }
        catch (ScriptUnsupportedException)
        {
            return true;
        }
    }

    private static Gen<Script> Scripts() =>
        from options in Gen.Elements(new ScriptOption(1, "mtu", "1500"), new ScriptOption(1, "strict_segments", null)).ArrayOf()
        from events in Events().ArrayOf()
        select new Script(options, [new(1, "setup")], events, []);

    private static Gen<ScriptEvent> Events() =>
        from time in Times()
        from packet in Packets(isOutbound: true)
        from inbound in Packets(isOutbound: false)
        from call in Calls()
        from choice in Gen.Choose(0, 3)
        let isExpectation = choice == 0
        let instant = new EventTime(EventTimeKind.Relative, time.Start, time.Start)
        select new ScriptEvent(1, isExpectation ? time : instant, choice switch
        {
            0 => packet,
            1 => inbound,
            2 => call,
            _ => new CodeBlock("code"),
        });

    private static Gen<EventTime> Times() =>
        from kind in Gen.Elements(Enum.GetValues<EventTimeKind>())
        from start in Gen.Choose(0, 5_000_000)
        from length in Gen.Choose(0, 1_000_000)
        let first = kind == EventTimeKind.Any ? TimeSpan.Zero : TimeSpan.FromMicroseconds(start)
        let isRange = kind is EventTimeKind.AbsoluteRange or EventTimeKind.RelativeRange
        select new EventTime(kind, first, isRange ? first + TimeSpan.FromMicroseconds(length) : first);

    private static Gen<ScriptPacket> Packets(bool isOutbound) =>
        from network in Networks(isOutbound)
        from transport in Gen.OneOf(
            Tcp(isOutbound).Select(TransportFields (fields) => fields),
            Gen.Choose(0, 9000).Select(TransportFields (length) => new UdpFields(length % 2 == 0 ? null : new(53, 8080), length)),
            Gen.Choose(0, 9000).Select(TransportFields (length) =>
                new IcmpFields("unreachable", "frag_needed", (uint)length, null, new(InternetProtocol.Tcp, 1, length))))
        select new ScriptPacket(isOutbound, network, transport);

    private static Gen<NetworkFields> Networks(bool isOutbound) =>
        from ecn in Gen.Choose(-1, isOutbound ? 4 : 3)
        from bits in Gen.Choose(0, 7)
        select new NetworkFields(
            ecn < 0 ? null : (EcnExpectation)ecn, (bits & 1) == 0 ? null : 0xb8, (bits & 2) == 0 ? null : 0xbeef, (bits & 4) == 0 ? null : 64);

    private static Gen<TcpFields> Tcp(bool isOutbound) =>
        from flags in Gen.Choose(0, 255)
        from sequence in Gen.Choose(int.MinValue, int.MaxValue)
        from length in Gen.Choose(0, 65_535)
        from window in Gen.Choose(-1, 65_535)
        from options in Gen.Elements(TcpOptions())
        let acknowledgment = (flags & (int)TcpFlags.Ack) == 0 ? 0 : (uint)sequence / 3
        select new TcpFields(
            length % 3 == 0 ? new(1, 65_535) : null,
            (TcpFlags)flags,
            (uint)sequence,
            length,
            acknowledgment,
            window < 0 ? null : (ushort)window,
            (ushort)(length / 7),
            options is null && !isOutbound ? [] : options);

    private static IReadOnlyList<TcpOptionField>?[] TcpOptions() =>
    [
        null,
        [],
        [new MaximumSegmentSizeField(1460), new SackPermittedField(), new TimestampsField(uint.MaxValue, 0), new NoOperationField(), new WindowScaleField(14)],
        [new NoOperationField(), new NoOperationField(), new SackField([new(1, 2), new(uint.MaxValue, 5)])],
        [new EndOfOptionsField(), new NoOperationField(), new NoOperationField(), new NoOperationField()],
    ];

    private static Gen<SystemCall> Calls() =>
        from arguments in Expressions(3).ArrayOf()
        from result in Gen.Choose(-1, 100)
        from end in Gen.Choose(-1, 1_000)
        select new SystemCall(
            "sendmsg",
            arguments,
            end < 0 ? null : TimeSpan.FromMilliseconds(end),
            new IntegerExpression(result),
            result < 0 ? "EAGAIN" : null,
            result % 2 == 0 ? null : "a note");

    private static Gen<Expression> Expressions(int depth)
    {
        var leaves = Gen.OneOf(
            Gen.Constant<Expression>(new EllipsisExpression()),
            Gen.Choose(int.MinValue, int.MaxValue).Select(Expression (value) => new IntegerExpression(value)),
            Gen.Choose(0, int.MaxValue).Select(Expression (value) => new IntegerExpression(value, IsHex: true)),
            Gen.Elements<Expression>(new WordExpression("POLLIN"), new StringExpression("a\"\\\n\0é"), new StringExpression("a", IsPrefix: true)));
        if (depth == 0)
        {
            return leaves;
        }

        var items = Expressions(depth - 1);
        return Gen.OneOf(
            leaves,
            items.ArrayOf().Select(Expression (inner) => new ArrayExpression(inner)),
            items.ArrayOf().Select(Expression (inner) => new StructureExpression(inner)),
            items.Select(Expression (inner) => new AssignmentExpression(new WordExpression("field"), inner)),
            items.ArrayOf().Select(Expression (inner) => new CallExpression("htons", inner)),
            Gen.Constant<Expression>(new OrExpression(new WordExpression("A"), new WordExpression("B"))));
    }
}
