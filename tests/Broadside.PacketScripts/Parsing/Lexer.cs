using System.Net;
using System.Text.RegularExpressions;

namespace Broadside.PacketScripts.Parsing;

/// <summary>Cuts a script into tokens. As in packetdrill the longest match wins.</summary>
internal sealed partial class Lexer(string text)
{
    private int _offset;
    private int _line = 1;
    private int _lineStart;

    private SourcePosition Position => new(_line, _offset - _lineStart + 1);

    /// <summary>All tokens; the last is the end.</summary>
    public static List<Token> Tokenize(string text)
    {
        var lexer = new Lexer(text);
        var tokens = new List<Token>();
        do
        {
            tokens.Add(lexer.Next());
        }
        while (tokens[^1].Kind != TokenKind.End);

        return tokens;
    }

    private Token Next()
    {
        SkipBlanks();
        var position = Position;
        if (_offset == text.Length)
        {
            return new(TokenKind.End, "", position);
        }

        return text[_offset] switch
        {
            '"' => new(TokenKind.String, StringEscapes.Decode(TakeDelimited("\"", "\"", position)), position),
            '`' => new(TokenKind.Command, TakeDelimited("`", "`", position), position),
            '%' when StartsWith("%{") => new(TokenKind.Code, TakeDelimited("%{", "}%", position), position),
            '-' when Option().Match(text, _offset) is { Success: true } option => Take(TokenKind.Option, option.Length, position, skip: 2),
            _ => TakeSimple(position),
        };
    }

    private Token TakeSimple(SourcePosition position)
    {
        if (TryMatchAddress(out var addressLength))
        {
            return Take(TokenKind.Address, addressLength, position);
        }

        var (kind, length) = (TokenKind.Punctuation, 1);
        foreach (var (candidate, pattern) in Patterns)
        {
            var match = pattern.Match(text, _offset);
            if (match.Success && (match.Length > length || (match.Length == length && kind == TokenKind.Punctuation)))
            {
                (kind, length) = (candidate, match.Length);
            }
        }

        return Take(kind, length, position);
    }

    // In the order in which they win over others of the same length.
    private static readonly (TokenKind Kind, Regex Pattern)[] Patterns =
    [
        (TokenKind.Ellipsis, Ellipsis()),
        (TokenKind.Float, Float()),
        (TokenKind.Integer, Integer()),
        (TokenKind.HexInteger, HexInteger()),
        (TokenKind.Word, Word()),
    ];

    // Sequence ranges like 1:1001 are no addresses: without "::" there must be all eight groups.
    private bool TryMatchAddress(out int length)
    {
        var match = AddressLike().Match(text, _offset);
        length = match.Length;
        return match.Success
            && (match.Value.Contains("::", StringComparison.Ordinal) || match.Value.Count(c => c is ':') == 7 || IPv4().IsMatch(match.Value))
            && IPAddress.TryParse(match.ValueSpan, out _);
    }

    private Token Take(TokenKind kind, int length, SourcePosition position, int skip = 0)
    {
        var token = new Token(kind, text.Substring(_offset + skip, length - skip), position);
        Advance(length);
        return token;
    }

    private string TakeDelimited(string open, string close, SourcePosition position)
    {
        var start = _offset + open.Length;
        var end = start;
        while (end < text.Length && string.CompareOrdinal(text, end, close, 0, close.Length) != 0)
        {
            end += text[end] == '\\' && close.Length == 1 ? 2 : 1;
        }

        if (end >= text.Length)
        {
            throw new ScriptSyntaxException(position, $"{open} is not closed");
        }

        Advance(end + close.Length - _offset);
        return text[start..end];
    }

    private void SkipBlanks()
    {
        while (_offset < text.Length)
        {
            if (char.IsWhiteSpace(text[_offset]))
            {
                Advance(1);
            }
            else if (StartsWith("//"))
            {
                var end = text.IndexOf('\n', _offset);
                Advance((end < 0 ? text.Length : end) - _offset);
            }
            else if (StartsWith("/*"))
            {
                TakeDelimited("/*", "*/", Position);
            }
            else
            {
                return;
            }
        }
    }

    private bool StartsWith(string prefix) => string.CompareOrdinal(text, _offset, prefix, 0, prefix.Length) == 0;

    private void Advance(int length)
    {
        for (var end = _offset + length; _offset < end; _offset++)
        {
            if (text[_offset] == '\n')
            {
                _line++;
                _lineStart = _offset + 1;
            }
        }
    }

    [GeneratedRegex("""\G--[a-zA-Z0-9_]+(=("[^"\n]*"|`[^`]*`|[^\s"`])*)?""")]
    private static partial Regex Option();

    [GeneratedRegex(@"\G\.\.\.")]
    private static partial Regex Ellipsis();

    [GeneratedRegex(@"\G-?[0-9]*\.[0-9]+")]
    private static partial Regex Float();

    [GeneratedRegex(@"\G-?[0-9]+")]
    private static partial Regex Integer();

    [GeneratedRegex(@"\G0x[0-9a-fA-F]+")]
    private static partial Regex HexInteger();

    [GeneratedRegex(@"\G[a-zA-Z0-9_]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\G[0-9a-fA-F:][0-9a-fA-F:.]*[0-9a-fA-F:](?![a-zA-Z0-9_])")]
    private static partial Regex AddressLike();

    [GeneratedRegex(@"\A[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+\z")]
    private static partial Regex IPv4();
}
