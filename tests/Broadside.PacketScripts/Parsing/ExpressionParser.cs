namespace Broadside.PacketScripts.Parsing;

/// <summary>Parses the arguments and results of system calls.</summary>
/// <param name="reader">The tokens.</param>
/// <param name="definitions">What --define gives other names to.</param>
internal sealed class ExpressionParser(TokenReader reader, IReadOnlyDictionary<string, Expression> definitions)
{
    /// <summary>Parses a list up to its closing character, the opening one being taken already.</summary>
    public IReadOnlyList<Expression> ParseList(char close)
    {
        var items = new List<Expression>();
        if (reader.TryTake(close))
        {
            return items;
        }

        do
        {
            items.Add(Parse());
        }
        while (reader.TryTake(','));

        reader.Expect(close);
        return items;
    }

    public Expression Parse() => reader.Nested(() =>
    {
        var left = ParseOperand();
        while (reader.TryTake('|'))
        {
            left = new OrExpression(left, ParseOperand());
        }

        return left is WordExpression or CallExpression && reader.TryTake('=') ? new AssignmentExpression(left, Parse()) : left;
    });

    private Expression ParseOperand()
    {
        switch (reader.Current.Kind)
        {
            case TokenKind.Ellipsis:
                reader.Take();
                return new EllipsisExpression();
            case TokenKind.Integer:
                return new IntegerExpression(reader.TakeInteger("number", long.MinValue, long.MaxValue));
            case TokenKind.HexInteger:
                return new IntegerExpression(reader.TakeHexInteger("number", long.MaxValue), IsHex: true);
            case TokenKind.String:
                return ParseString();
            case TokenKind.Word:
                return ParseWord();
            default:
                return reader.TryTake('[') ? new ArrayExpression(ParseList(']'))
                    : reader.TryTake('{') ? new StructureExpression(ParseList('}'))
                    : throw reader.Unexpected("an expression");
        }
    }

    // As in C, neighboring strings are one.
    private StringExpression ParseString()
    {
        var text = reader.Take().Text;
        while (reader.Current.Kind == TokenKind.String)
        {
            text += reader.Take().Text;
        }

        var isPrefix = reader.Current.Kind == TokenKind.Ellipsis;
        if (isPrefix)
        {
            reader.Take();
        }

        return new StringExpression(text, isPrefix);
    }

    private Expression ParseWord()
    {
        var word = reader.Take().Text;
        return reader.TryTake('(') ? new CallExpression(word, ParseList(')'))
            : definitions.GetValueOrDefault(word) ?? new WordExpression(word);
    }
}
