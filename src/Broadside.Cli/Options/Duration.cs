namespace Broadside.Cli.Options;

/// <summary>A span of time: <c>250ms</c>, <c>5s</c>, <c>10m</c>, <c>1h</c>; <c>0</c> needs no unit.</summary>
internal readonly record struct Duration(TimeSpan Value)
{
    public const string Form = "a time, such as 0, 250ms, 5s, 10m or 1h";

    // About 24 days: what the framework's timers take.
    private const long MaximumMilliseconds = int.MaxValue;

    private static readonly Dictionary<string, long> Units = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ms"] = 1,
        ["s"] = 1000,
        ["m"] = 60 * 1000,
        ["h"] = 60 * 60 * 1000,
    };

    // Without a unit only zero is clear: Redis counts some times in seconds and others in milliseconds.
    public static bool TryParse(string text, out Duration duration)
    {
        var milliseconds = 0L;
        var parsed = text == "0" || (Quantity.TryParse(text, Units, out milliseconds) && milliseconds <= MaximumMilliseconds);
        duration = parsed ? new Duration(TimeSpan.FromMilliseconds(milliseconds)) : default;
        return parsed;
    }

    public override string ToString() => Value.Ticks switch
    {
        0 => "0",
        var ticks when ticks % TimeSpan.TicksPerSecond == 0 => $"{Value.TotalSeconds:0} s",
        _ => $"{Value.TotalMilliseconds:0} ms",
    };
}
