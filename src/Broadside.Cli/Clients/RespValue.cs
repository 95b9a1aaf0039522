using System.Buffers.Text;
using System.Text;

namespace Broadside.Cli.Clients;

/// <summary>A value that a server sent, parsed from one whole record.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Bytes">The bytes of a text or an error.</param>
/// <param name="Items">The values of an aggregate or a push; a map's keys and values in turn.</param>
internal sealed record RespValue(RespKind Kind, byte[] Bytes, RespValue[] Items)
{
    /// <summary>The bytes as text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>The text as a whole number; null when it is none.</summary>
    public long? Number => Utf8Parser.TryParse(Bytes, out long number, out var used) && used == Bytes.Length ? number : null;

    /// <summary>Parses a record that the RESP framer has found whole: what is read here is there.</summary>
    public static RespValue Parse(ReadOnlySpan<byte> record) => Take(ref record);

    private static RespValue Take(ref ReadOnlySpan<byte> rest)
    {
        var type = (char)rest[0];
        var end = rest.IndexOf("\r\n"u8);
        var line = rest[1..end];
        rest = rest[(end + 2)..];
        return type switch
        {
            '-' => new(RespKind.Error, line.ToArray(), []),
            '_' => new(RespKind.Null, [], []),
            '$' or '!' or '=' => TakeBulk(type, Length(line), ref rest),
            '*' or '~' => TakeItems(RespKind.Aggregate, Length(line), ref rest),
            '>' => TakeItems(RespKind.Push, Length(line), ref rest),
            '%' => TakeItems(RespKind.Aggregate, 2 * Length(line), ref rest),
            '|' => TakeAttributed(Length(line), ref rest),
            _ => new(RespKind.Text, line.ToArray(), []),
        };
    }

    private static RespValue TakeBulk(char type, int length, ref ReadOnlySpan<byte> rest)
    {
        if (length < 0)
        {
            return new(RespKind.Null, [], []);
        }

        var bytes = rest[..length];
        rest = rest[(length + 2)..];
        return type switch
        {
            '!' => new(RespKind.Error, bytes.ToArray(), []),
            '=' when length >= 4 => new(RespKind.Text, bytes[4..].ToArray(), []),
            _ => new(RespKind.Text, bytes.ToArray(), []),
        };
    }

    private static RespValue TakeItems(RespKind kind, int count, ref ReadOnlySpan<byte> rest)
    {
        if (count < 0)
        {
            return new(RespKind.Null, [], []);
        }

        var items = new RespValue[count];
        for (var index = 0; index < count; index++)
        {
            items[index] = Take(ref rest);
        }

        return new(kind, [], items);
    }

    // An attribute is about the value that follows; nothing here needs it.
    private static RespValue TakeAttributed(int pairs, ref ReadOnlySpan<byte> rest)
    {
        TakeItems(RespKind.Aggregate, 2 * pairs, ref rest);
        return Take(ref rest);
    }

    private static int Length(ReadOnlySpan<byte> line) => Utf8Parser.TryParse(line, out int length, out _) ? length : 0;
}
