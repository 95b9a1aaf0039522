using System.Globalization;

namespace Broadside.PacketScripts.Parsing;

/// <summary>A position in a script's tokens, and the errors there.</summary>
internal sealed class TokenReader(List<Token> tokens)
{
    /// <summary>How deeply expressions may be nested: garbage must not overflow the stack.</summary>
    private const int MaximumDepth = 50;

    private int _next;
    private int _depth;

    public Token Current => tokens[_next];

    public Token Following => tokens[Math.Min(_next + 1, tokens.Count - 1)];

    public Token Take()
    {
        var token = Current;
        if (token.Kind != TokenKind.End)
        {
            _next++;
        }

        return token;
    }

    public bool TryTake(char punctuation)
    {
        var taken = Current.Is(punctuation);
        if (taken)
        {
            _next++;
        }

        return taken;
    }

    public bool TryTakeWord(string word)
    {
        var taken = Current.IsWord(word);
        if (taken)
        {
            _next++;
        }

        return taken;
    }

    public void Expect(char punctuation)
    {
        if (!TryTake(punctuation))
        {
            throw Unexpected($"'{punctuation}'");
        }
    }

    public string TakeWord(string what) => Current.Kind == TokenKind.Word ? Take().Text : throw Unexpected(what);

    /// <summary>Takes a decimal number within limits.</summary>
    public long TakeInteger(string what, long minimum, long maximum)
    {
        if (Current.Kind != TokenKind.Integer)
        {
            throw Unexpected(what);
        }

        return long.TryParse(Current.Text, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum
            ? Done(value)
            : throw Error($"{what} {Current.Text} is out of range");
    }

    public long TakeHexInteger(string what, long maximum)
    {
        if (Current.Kind != TokenKind.HexInteger)
        {
            throw Unexpected(what);
        }

        return long.TryParse(Current.Text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            && value >= 0 && value <= maximum
            ? Done(value)
            : throw Error($"{what} {Current.Text} is out of range");
    }

    public T Nested<T>(Func<T> parse)
    {
        if (++_depth > MaximumDepth)
        {
            throw Error("nested too deeply");
        }

        var parsed = parse();
        _depth--;
        return parsed;
    }

    public ScriptSyntaxException Unexpected(string expected) => Error($"expected {expected}, found {Current}");

    public ScriptSyntaxException Error(string message) => new(Current.Position, message);

    public ScriptUnsupportedException Unsupported(string what) => new(Current.Position.Line, $"{what} cannot be expressed");

    private T Done<T>(T value)
    {
        _next++;
        return value;
    }
}
