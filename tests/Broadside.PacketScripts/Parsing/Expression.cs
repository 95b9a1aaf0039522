using System.Globalization;

namespace Broadside.PacketScripts.Parsing;

/// <summary>An argument or result of a system call as written; <see cref="object.ToString"/> is how.</summary>
internal abstract record Expression;

/// <summary>... stands for whatever the runner fills in, and compares with all.</summary>
internal sealed record EllipsisExpression : Expression
{
    public override string ToString() => "...";
}

internal sealed record IntegerExpression(long Value, bool IsHex = false) : Expression
{
    public override string ToString() => IsHex ? $"0x{Value:x}" : Value.ToString(CultureInfo.InvariantCulture);
}

internal sealed record WordExpression(string Name) : Expression
{
    public override string ToString() => Name;
}

/// <param name="Text">The characters, one for each byte.</param>
/// <param name="IsPrefix">Whether "..." follows: more bytes may be there.</param>
internal sealed record StringExpression(string Text, bool IsPrefix = false) : Expression
{
    public override string ToString() => $"\"{StringEscapes.Encode(Text)}\"{(IsPrefix ? "..." : "")}";
}

internal sealed record OrExpression(Expression Left, Expression Right) : Expression
{
    public override string ToString() => $"{Left}|{Right}";
}

internal sealed record CallExpression(string Name, IReadOnlyList<Expression> Arguments) : Expression
{
    public override string ToString() => $"{Name}({string.Join(", ", Arguments)})";
}

/// <summary>A field of a structure: name = value, where the name may have an argument as msg_iov(1) has.</summary>
internal sealed record AssignmentExpression(Expression Name, Expression Value) : Expression
{
    public override string ToString() => $"{Name}={Value}";
}

internal sealed record ArrayExpression(IReadOnlyList<Expression> Items) : Expression
{
    public override string ToString() => $"[{string.Join(", ", Items)}]";
}

/// <summary>What stands in braces: fields by name, or values in order.</summary>
internal sealed record StructureExpression(IReadOnlyList<Expression> Items) : Expression
{
    /// <summary>The value of a field; null if there is none of that name.</summary>
    public Expression? Field(string name) => Items.OfType<AssignmentExpression>().FirstOrDefault(field => NameOf(field) == name)?.Value;

    public override string ToString() => $"{{{string.Join(", ", Items)}}}";

    private static string? NameOf(AssignmentExpression field) => field.Name switch
    {
        WordExpression word => word.Name,
        CallExpression call => call.Name,
        _ => null,
    };
}
