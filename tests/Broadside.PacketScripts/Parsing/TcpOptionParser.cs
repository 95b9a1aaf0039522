namespace Broadside.PacketScripts.Parsing;

/// <summary>Parses what stands in angle brackets behind a TCP packet.</summary>
internal sealed class TcpOptionParser(TokenReader reader)
{
    private const int MaximumLength = 40;

    /// <summary>Null for the options that are not compared.</summary>
    public IReadOnlyList<TcpOptionField>? Parse(bool isOutbound)
    {
        // The next event begins with a time: a bracket here is never its direction.
        if (!reader.TryTake('<'))
        {
            return [];
        }

        if (reader.Current.Kind == TokenKind.Ellipsis)
        {
            reader.Take();
            reader.Expect('>');
            return isOutbound ? null : throw reader.Error("<...> is for outbound packets only");
        }

        var options = new List<TcpOptionField>();
        do
        {
            options.Add(ParseOption());
        }
        while (reader.TryTake(','));

        reader.Expect('>');
        var length = options.Sum(option => option.Length);
        return length > MaximumLength ? throw reader.Error($"the options take {length} bytes, {MaximumLength} being the most")
            : length % 4 != 0 ? throw reader.Error($"the options take {length} bytes, no multiple of four")
            : options;
    }

    private TcpOptionField ParseOption()
    {
        var name = reader.TakeWord("a TCP option");
        return name switch
        {
            "nop" => new NoOperationField(),
            "eol" => new EndOfOptionsField(),
            "mss" => new MaximumSegmentSizeField((ushort)reader.TakeInteger("maximum segment size", 0, ushort.MaxValue)),
            "wscale" => new WindowScaleField((byte)reader.TakeInteger("window scale", 0, byte.MaxValue)),
            "sackOK" => new SackPermittedField(),
            "sack" => ParseSack(),
            "TS" => ParseTimestamps(),
            _ => throw reader.Unsupported($"the TCP option {name}"),
        };
    }

    private SackField ParseSack()
    {
        var ranges = new List<SackRange>();
        do
        {
            var left = (uint)reader.TakeInteger("left edge", 0, uint.MaxValue);
            reader.Expect(':');
            ranges.Add(new(left, (uint)reader.TakeInteger("right edge", 0, uint.MaxValue)));
        }
        while (reader.Current.Kind == TokenKind.Integer);

        return new(ranges);
    }

    private TimestampsField ParseTimestamps()
    {
        ExpectWord("val");
        var value = (uint)reader.TakeInteger("timestamp", 0, uint.MaxValue);
        ExpectWord("ecr");
        return new(value, (uint)reader.TakeInteger("timestamp echo", 0, uint.MaxValue));
    }

    private void ExpectWord(string word)
    {
        if (!reader.TryTakeWord(word))
        {
            throw reader.Unexpected($"'{word}'");
        }
    }
}
