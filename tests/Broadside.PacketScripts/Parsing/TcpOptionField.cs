namespace Broadside.PacketScripts.Parsing;

/// <summary>A TCP option as scripts write it, padding included.</summary>
internal abstract record TcpOptionField
{
    /// <summary>How many bytes it takes up.</summary>
    public abstract int Length { get; }
}

internal sealed record NoOperationField : TcpOptionField
{
    public override int Length => 1;

    public override string ToString() => "nop";
}

internal sealed record EndOfOptionsField : TcpOptionField
{
    public override int Length => 1;

    public override string ToString() => "eol";
}

internal sealed record MaximumSegmentSizeField(ushort Value) : TcpOptionField
{
    public override int Length => 4;

    public override string ToString() => $"mss {Value}";
}

internal sealed record WindowScaleField(byte Shift) : TcpOptionField
{
    public override int Length => 3;

    public override string ToString() => $"wscale {Shift}";
}

internal sealed record SackPermittedField : TcpOptionField
{
    public override int Length => 2;

    public override string ToString() => "sackOK";
}

internal sealed record SackField(IReadOnlyList<SackRange> Ranges) : TcpOptionField
{
    public override int Length => 2 + (8 * Ranges.Count);

    public override string ToString() => $"sack {string.Join(' ', Ranges)}";
}

internal readonly record struct SackRange(uint Left, uint Right)
{
    public override string ToString() => $"{Left}:{Right}";
}

internal sealed record TimestampsField(uint Value, uint EchoReply) : TcpOptionField
{
    public override int Length => 10;

    public override string ToString() => $"TS val {Value} ecr {EchoReply}";
}

/// <summary>One that scripts have no name for; only a stack can have sent it.</summary>
internal sealed record UnknownOptionField(byte Kind, int DataLength) : TcpOptionField
{
    public override int Length => 2 + DataLength;

    public override string ToString() => $"option {Kind} of {Length} bytes";
}
