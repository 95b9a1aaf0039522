using System.Buffers.Text;

namespace Broadside.Relay;

/// <summary>Integers as Redis accepts them in arguments and lengths.</summary>
internal static class RespInteger
{
    // "-9223372036854775808"
    private const int MaximumDigits = 20;

    /// <summary>Parses the one canonical form of an integer: no plus sign, leading zero, minus zero or space.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.IsEmpty || text.Length > MaximumDigits)
        {
            return false;
        }

        if (text is [(byte)'0'])
        {
            return true;
        }

        var first = text[0] == '-' && text.Length > 1 ? text[1] : text[0];
        return first is >= (byte)'1' and <= (byte)'9' && Utf8Parser.TryParse(text, out value, out var consumed) && consumed == text.Length;
    }
}
