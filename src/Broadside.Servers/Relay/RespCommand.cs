using System.Text;

namespace Broadside.Relay;

/// <summary>The arguments of one framed command: a view over its bytes, valid as long as they and the <see cref="ArgumentBuffer"/> are.</summary>
internal readonly ref struct RespCommand
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlySpan<int> _bounds;

    private RespCommand(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> bounds, bool isInline)
    {
        _bytes = bytes;
        _bounds = bounds;
        IsInline = isInline;
    }

    /// <summary>Whether it was a line: its arguments' bytes may then differ from those that arrived.</summary>
    public bool IsInline { get; }

    /// <summary>How many arguments, the command's name included. 0: nothing to execute and nothing to reply (an empty line, <c>*0</c>, <c>*-1</c>).</summary>
    public int Count => _bounds.Length / 2;

    /// <summary>An argument; 0 is the command's name.</summary>
    public ReadOnlySpan<byte> this[int index] => _bytes[_bounds[2 * index].._bounds[(2 * index) + 1]];

    /// <summary>Where an argument begins: in the frame, unless the command is inline.</summary>
    public int StartOf(int index) => _bounds[2 * index];

    /// <summary>Finds the arguments of a framed command: an array of bulk strings, or an inline line.</summary>
    /// <param name="frame">The command, whole.</param>
    /// <param name="buffer">Where to keep their bounds.</param>
    /// <param name="errors">Gets Redis's own protocol error.</param>
    /// <param name="command">The command.</param>
    /// <returns>False: a protocol error was written; the connection is to be closed after it.</returns>
    public static bool TryParse(ReadOnlySpan<byte> frame, ArgumentBuffer buffer, RespWriter errors, out RespCommand command)
    {
        buffer.Clear();
        if (!frame.IsEmpty && frame[0] == '*')
        {
            if (TryParseMultibulk(frame, buffer, errors))
            {
                command = new RespCommand(frame, buffer.Bounds, isInline: false);
                return true;
            }
        }
        else if (InlineCommand.TrySplit(frame, buffer, out var text))
        {
            command = new RespCommand(text, buffer.Bounds, isInline: true);
            return true;
        }
        else
        {
            RedisErrors.ProtocolError(errors, RedisErrors.UnbalancedQuotes);
        }

        command = default;
        return false;
    }

    /// <summary>Whether an argument is a keyword, in any case.</summary>
    /// <param name="index">The argument.</param>
    /// <param name="keyword">ASCII.</param>
    public bool Is(int index, ReadOnlySpan<byte> keyword) => Ascii.EqualsIgnoreCase(this[index], keyword);

    /// <summary>Parses an argument as an integer in its one canonical form.</summary>
    public bool TryGetInteger(int index, out long value) => RespInteger.TryParse(this[index], out value);

    private static bool TryParseMultibulk(ReadOnlySpan<byte> frame, ArgumentBuffer buffer, RespWriter errors)
    {
        var position = 1;
        if (!TryReadLength(frame, ref position, out var count) || count > int.MaxValue)
        {
            RedisErrors.ProtocolError(errors, RedisErrors.InvalidMultibulkLength);
            return false;
        }

        for (; count > 0; count--)
        {
            if (position < frame.Length && frame[position] != '$')
            {
                RedisErrors.ExpectedBulk(errors, frame[position]);
                return false;
            }

            position++;
            if (!TryReadLength(frame, ref position, out var length) || length < 0 || length > frame.Length - position - 2
                || !frame[(position + (int)length)..].StartsWith("\r\n"u8))
            {
                RedisErrors.ProtocolError(errors, RedisErrors.InvalidBulkLength);
                return false;
            }

            buffer.Add(position, position + (int)length);
            position += (int)length + 2;
        }

        return true;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> frame, ref int position, out long value)
    {
        value = 0;
        if (position >= frame.Length)
        {
            return false;
        }

        // No valid length has more characters than this: garbage is not searched to its end.
        var rest = frame[position..];
        var end = rest[..Math.Min(rest.Length, 22)].IndexOf("\r\n"u8);
        if (end < 0 || !RespInteger.TryParse(rest[..end], out value))
        {
            return false;
        }

        position += end + 2;
        return true;
    }
}
