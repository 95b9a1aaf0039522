namespace Broadside.Cli.Options;

/// <summary>A number of bytes: <c>4096</c>, <c>64KiB</c>, <c>8MiB</c>, <c>1GiB</c>.</summary>
internal readonly record struct ByteSize(long Bytes)
{
    public const string Form = "a size, such as 4096, 64KiB, 8MiB or 1GiB";

    private static readonly Dictionary<string, long> Units = new(StringComparer.OrdinalIgnoreCase)
    {
        [""] = 1,
        ["B"] = 1,
        ["KiB"] = 1L << 10,
        ["MiB"] = 1L << 20,
        ["GiB"] = 1L << 30,
    };

    public static bool TryParse(string text, out ByteSize size)
    {
        var parsed = Quantity.TryParse(text, Units, out var bytes);
        size = new ByteSize(bytes);
        return parsed;
    }

    /// <summary>The largest unit of which it is a whole number.</summary>
    public override string ToString()
    {
        var (unit, name) = Bytes switch
        {
            0 => (1, "B"),
            _ when Bytes % (1L << 30) == 0 => (1L << 30, "GiB"),
            _ when Bytes % (1L << 20) == 0 => (1L << 20, "MiB"),
            _ when Bytes % (1L << 10) == 0 => (1L << 10, "KiB"),
            _ => (1, "B"),
        };
        return $"{Bytes / unit} {name}";
    }
}
