namespace Broadside.Relay;

/// <summary>Splits an inline command (one line, as typed into telnet) by Redis's quoting rules.</summary>
/// <remarks>
/// Arguments are separated by white space. In double quotes, <c>\xHH \n \r \t \b \a</c> are escapes and a backslash before any other
/// character stands for that character; in single quotes only <c>\'</c> is. A quote may open within a word, and whatever closes one
/// must be followed by white space.
/// </remarks>
internal static class InlineCommand
{
    /// <summary>Splits a line.</summary>
    /// <param name="line">The line, with or without its end.</param>
    /// <param name="buffer">Gets the arguments' bounds within <paramref name="text"/>.</param>
    /// <param name="text">The arguments' bytes, quotes resolved.</param>
    /// <returns>False: quotes are unbalanced.</returns>
    public static bool TrySplit(ReadOnlySpan<byte> line, ArgumentBuffer buffer, out ReadOnlySpan<byte> text)
    {
        line = line.TrimEnd("\r\n"u8);
        var resolved = buffer.Text(line.Length);
        text = resolved;
        var position = 0;
        var written = 0;
        while (true)
        {
            while (position < line.Length && IsSpace(line[position]))
            {
                position++;
            }

            if (position == line.Length)
            {
                return true;
            }

            var start = written;
            if (!TryResolveWord(line, ref position, resolved, ref written))
            {
                return false;
            }

            buffer.Add(start, written);
        }
    }

    private static bool TryResolveWord(ReadOnlySpan<byte> line, ref int position, Span<byte> text, ref int written)
    {
        while (position < line.Length)
        {
            var current = line[position++];
            switch (current)
            {
                // Vertical tab and form feed separate words but do not end one: so it is in Redis.
                case (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t':
                    return true;
                case (byte)'"':
                    return TryResolveDoubleQuoted(line, ref position, text, ref written) && EndsWord(line, position);
                case (byte)'\'':
                    return TryResolveSingleQuoted(line, ref position, text, ref written) && EndsWord(line, position);
                default:
                    text[written++] = current;
                    break;
            }
        }

        return true;
    }

    private static bool TryResolveDoubleQuoted(ReadOnlySpan<byte> line, ref int position, Span<byte> text, ref int written)
    {
        while (position < line.Length)
        {
            var current = line[position++];
            if (current == '"')
            {
                return true;
            }

            if (current == '\\' && position < line.Length)
            {
                current = ResolveEscape(line, ref position);
            }

            text[written++] = current;
        }

        return false;
    }

    private static byte ResolveEscape(ReadOnlySpan<byte> line, ref int position)
    {
        var escaped = line[position++];
        switch (escaped)
        {
            case (byte)'x' when position + 1 < line.Length && char.IsAsciiHexDigit((char)line[position]) && char.IsAsciiHexDigit((char)line[position + 1]):
                var value = (HexValue(line[position]) << 4) | HexValue(line[position + 1]);
                position += 2;
                return (byte)value;
            case (byte)'n':
                return (byte)'\n';
            case (byte)'r':
                return (byte)'\r';
            case (byte)'t':
                return (byte)'\t';
            case (byte)'b':
                return (byte)'\b';
            case (byte)'a':
                return (byte)'\a';
            default:
                return escaped;
        }
    }

    private static bool TryResolveSingleQuoted(ReadOnlySpan<byte> line, ref int position, Span<byte> text, ref int written)
    {
        while (position < line.Length)
        {
            var current = line[position++];
            if (current == '\'')
            {
                return true;
            }

            if (current == '\\' && position < line.Length && line[position] == '\'')
            {
                current = line[position++];
            }

            text[written++] = current;
        }

        return false;
    }

    private static bool EndsWord(ReadOnlySpan<byte> line, int position) => position == line.Length || IsSpace(line[position]);

    private static bool IsSpace(byte value) => value is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
