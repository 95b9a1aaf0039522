using System.Globalization;
using System.Text;

namespace Broadside.PacketScripts.Parsing;

/// <summary>C's escapes in strings; one character stands for one byte.</summary>
internal static class StringEscapes
{
    public static string Decode(string text)
    {
        var decoded = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            decoded.Append(text[index] == '\\' ? DecodeEscape(text, ref index) : text[index]);
        }

        return decoded.ToString();
    }

    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            encoded.Append(character switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                < ' ' or > '~' and <= '\xFF' => $"\\x{(int)character:x2}",
                _ => character,
            });
        }

        return encoded.ToString();
    }

    // The lexer lets no string end within an escape.
    private static char DecodeEscape(string text, ref int index)
    {
        index++;
        var character = text[index];
        if (character == 'x' && byte.TryParse(text.AsSpan(index + 1, Math.Min(2, text.Length - index - 1)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            index = Math.Min(index + 2, text.Length - 1);
            return (char)value;
        }

        return character switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '0' => '\0',
            _ => character,
        };
    }
}
