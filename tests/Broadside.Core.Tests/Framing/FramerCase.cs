using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.Tests.Framing;

/// <summary>A framer and the records it frames.</summary>
public sealed record FramerCase(string Name, IRecordFramer Framer, Gen<byte[]> Records)
{
    private static readonly Gen<byte[]> Bodies = Gen.OneOf(
        Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(),
        Gen.Elements("\r\n"u8[0], "\r\n"u8[1], (byte)'a', (byte)'b').ArrayOf());

    private static readonly Gen<string> Words = Gen.Elements(
        string.Empty, "OK", "ERR no such key", "1", "-17", "3.25", "t", "inf", "text that is a little longer");

    public static IReadOnlyList<FramerCase> All { get; } =
    [
        Prefixed(1, false, false), Prefixed(2, false, true), Prefixed(2, true, false), Prefixed(4, false, false), Prefixed(4, true, true),
        Prefixed(8, false, true), Prefixed(8, true, false),
        new("varint", Framers.VarintPrefixed(), Bodies.Select(body => (byte[])[.. Varint(body.Length), .. body])),
        new("varint counted", Framers.VarintPrefixed(lengthIncludesPrefix: true), Bodies.Select(body => (byte[])[.. Varint(body.Length + (body.Length < 127 ? 1 : 2)), .. body])),
        new("lines", Framers.Lines(), Bodies.Select(body => Delimited(body, "\n"))),
        new("crlf", Framers.CrLf(), Bodies.Select(body => Delimited(body, "\r\n"))),
        new("aab", Framers.Delimited("aab"u8), Bodies.Select(body => Delimited(body, "aab"))),
        new("abaabab", Framers.Delimited("abaabab"u8), Gen.Elements((byte)'a', (byte)'b').ArrayOf().Select(body => Delimited(body, "abaabab"))),
        new("fixed", Framers.FixedSize(7), Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(7)),
        new("resp", Framers.Resp(), RespValues(4)),
        new("commands", Framers.RespCommands(), Gen.OneOf(Commands(), InlineCommands())),
    ];

    public static TheoryData<string> Names => [.. All.Select(one => one.Name)];

    public static FramerCase Named(string name) => All.Single(one => one.Name == name);

    public override string ToString() => Name;

    private static FramerCase Prefixed(int prefixBytes, bool littleEndian, bool included) => new(
        $"prefix {prefixBytes}{(littleEndian ? " little" : string.Empty)}{(included ? " counted" : string.Empty)}",
        Framers.LengthPrefixed(prefixBytes, littleEndian, included),
        Bodies.Select(body => Prefix(prefixBytes, littleEndian, included, body)));

    public static byte[] Prefix(int prefixBytes, bool littleEndian, bool included, byte[] body)
    {
        var prefix = new byte[8];
        var length = body.Length + (included ? prefixBytes : 0);
        if (littleEndian)
        {
            BinaryPrimitives.WriteInt64LittleEndian(prefix, length);
            return [.. prefix[..prefixBytes], .. body];
        }

        BinaryPrimitives.WriteInt64BigEndian(prefix, length);
        return [.. prefix[^prefixBytes..], .. body];
    }

    public static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        while (value >= 0x80)
        {
            bytes.Add((byte)(value | 0x80));
            value >>= 7;
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }

    // Up to the first delimiter, which the body may happen to hold or to complete.
    private static byte[] Delimited(byte[] body, string delimiter)
    {
        var text = Encoding.Latin1.GetString(body) + delimiter;
        return Encoding.Latin1.GetBytes(text[..(text.IndexOf(delimiter, StringComparison.Ordinal) + delimiter.Length)]);
    }

    private static Gen<byte[]> RespValues(int depth)
    {
        var line = from kind in Gen.Elements('+', '-', ':', '_', '#', ',', '(')
                   from text in Words
                   select Encoding.Latin1.GetBytes($"{kind}{text}\r\n");
        var bulk = from kind in Gen.Elements('$', '!', '=')
                   from body in Bodies
                   select Bulk(kind, body);
        var none = Gen.Elements("$-1\r\n", "*-1\r\n", "*0\r\n", "%0\r\n", "~0\r\n").Select(Encoding.Latin1.GetBytes);
        if (depth == 0)
        {
            return Gen.OneOf(line, bulk, none);
        }

        var aggregate = from kind in Gen.Elements('*', '~', '>', '%', '|')
                        from count in Gen.Choose(0, 3)
                        let values = kind switch { '%' => 2 * count, '|' => (2 * count) + 1, _ => count }
                        from elements in RespValues(depth - 1).ArrayOf(values)
                        select (byte[])[.. Encoding.Latin1.GetBytes($"{kind}{count}\r\n"), .. elements.SelectMany(element => element)];
        return Gen.OneOf(line, bulk, none, aggregate, aggregate);
    }

    private static Gen<byte[]> Commands() => Bodies.ArrayOf().Select(arguments =>
        (byte[])[.. Encoding.Latin1.GetBytes($"*{arguments.Length}\r\n"), .. arguments.SelectMany(argument => Bulk('$', argument))]);

    private static Gen<byte[]> InlineCommands() =>
        Gen.Elements("PING\r\n", "\r\n", "\n", "SET a b\n", "*-1\r\n", "*-10\r\n").Select(Encoding.Latin1.GetBytes);

    private static byte[] Bulk(char kind, byte[] body) =>
        [.. Encoding.Latin1.GetBytes($"{kind}{body.Length}\r\n"), .. body, .. "\r\n"u8];
}
