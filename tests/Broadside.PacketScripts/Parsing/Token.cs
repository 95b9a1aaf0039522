namespace Broadside.PacketScripts.Parsing;

/// <summary>A piece of a script. Of strings, commands and code the text is what stands between the delimiters.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, SourcePosition Position)
{
    public bool Is(char punctuation) => Kind == TokenKind.Punctuation && Text[0] == punctuation;

    public bool IsWord(string word) => Kind == TokenKind.Word && Text == word;

    /// <summary>How messages call it.</summary>
    public override string ToString() => Kind switch
    {
        TokenKind.End => "the end of the script",
        TokenKind.String => $"\"{Text}\"",
        TokenKind.Command => "a command",
        TokenKind.Code => "a code block",
        TokenKind.Option => $"--{Text}",
        _ => $"'{Text}'",
    };
}

internal enum TokenKind : byte
{
    End,
    Word,
    Integer,
    HexInteger,
    Float,
    Address,
    String,
    Command,
    Code,
    Option,
    Ellipsis,
    Punctuation,
}
