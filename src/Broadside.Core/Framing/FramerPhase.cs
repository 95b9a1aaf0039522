namespace Broadside.Framing;

/// <summary>Which part of a record a framer reads next. <c>default</c> is the record's beginning.</summary>
internal enum FramerPhase : byte
{
    /// <summary>The first byte of a record or of a value within it.</summary>
    Start,

    /// <summary>The first character of a length.</summary>
    Length,

    /// <summary>The first digit after a minus sign.</summary>
    NegativeLength,

    /// <summary>A further digit of a length, or its carriage return.</summary>
    LengthDigits,

    /// <summary>The carriage return after a length that no digit may follow.</summary>
    LengthEnd,

    /// <summary>The line feed after a length.</summary>
    LengthLineFeed,

    /// <summary>Text up to the end of the line.</summary>
    Text,

    /// <summary>The line feed after the text.</summary>
    TextLineFeed,

    /// <summary>Bytes of known number.</summary>
    Body,

    /// <summary>The carriage return after the body.</summary>
    BodyEnd,

    /// <summary>The line feed after the body.</summary>
    BodyLineFeed,
}
