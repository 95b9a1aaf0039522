namespace Broadside.PacketScripts.Parsing;

/// <summary>When an event happens.</summary>
/// <param name="Kind">How the times count.</param>
/// <param name="Start">The time, or the earliest.</param>
/// <param name="End">The latest of a range; otherwise the same.</param>
internal sealed record EventTime(EventTimeKind Kind, TimeSpan Start, TimeSpan End)
{
    public bool IsRelative => Kind is EventTimeKind.Relative or EventTimeKind.RelativeRange or EventTimeKind.Any;

    public bool IsRange => Kind is EventTimeKind.AbsoluteRange or EventTimeKind.RelativeRange;
}

internal enum EventTimeKind : byte
{
    /// <summary>Since the script's start.</summary>
    Absolute,

    /// <summary>Since the event before: +.1</summary>
    Relative,

    /// <summary>Between two times: 1~2</summary>
    AbsoluteRange,

    /// <summary>Between two times since the event before: +1~+2</summary>
    RelativeRange,

    /// <summary>Whenever: *</summary>
    Any,
}
