using Broadside.Framing;

namespace Broadside;

/// <summary>The ready-made framers.</summary>
/// <remarks>
/// Each may be shared by any number of connections. A record is always whole as it is on the wire: length prefixes, delimiters
/// and type bytes belong to it, so that a received record can be sent on as it is. None allocates, none looks at a byte twice,
/// and none throws on any input.
/// </remarks>
public static class Framers
{
    /// <summary>The largest record framed where nothing else is asked for: 1 MiB.</summary>
    public const int DefaultMaximumLength = 1024 * 1024;

    /// <summary>The longest delimiter, in bytes.</summary>
    public const int MaximumDelimiter = 64;

    /// <summary>Records that begin with their length as an unsigned integer.</summary>
    /// <param name="prefixBytes">How many bytes the integer has: 1, 2, 4 or 8.</param>
    /// <param name="littleEndian">Whether its least significant byte comes first; network byte order otherwise.</param>
    /// <param name="lengthIncludesPrefix">Whether the length counts the integer's own bytes.</param>
    /// <param name="maximumLength">The largest record, prefix included, in bytes; at least <paramref name="prefixBytes"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
    public static IRecordFramer LengthPrefixed(
        int prefixBytes,
        bool littleEndian = false,
        bool lengthIncludesPrefix = false,
        int maximumLength = DefaultMaximumLength) =>
        new LengthPrefixFramer(prefixBytes, littleEndian, lengthIncludesPrefix, maximumLength);

    /// <summary>
    /// Records that begin with their length as a protobuf varint (unsigned LEB128 of at most ten bytes), as protobuf's own
    /// delimited streams do.
    /// </summary>
    /// <param name="lengthIncludesPrefix">Whether the length counts the varint's own bytes.</param>
    /// <param name="maximumLength">The largest record, prefix included, in bytes; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumLength"/> is below 1.</exception>
    public static IRecordFramer VarintPrefixed(bool lengthIncludesPrefix = false, int maximumLength = DefaultMaximumLength) =>
        new VarintPrefixFramer(lengthIncludesPrefix, maximumLength);

    /// <summary>Records that end with <paramref name="delimiter"/>, which belongs to them.</summary>
    /// <param name="delimiter">1 to <see cref="MaximumDelimiter"/> bytes.</param>
    /// <param name="maximumLength">The largest record, delimiter included, in bytes; at least the delimiter's length.</param>
    /// <exception cref="ArgumentException">The delimiter is empty or too long.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumLength"/> is below the delimiter's length.</exception>
    public static IRecordFramer Delimited(ReadOnlySpan<byte> delimiter, int maximumLength = DefaultMaximumLength) =>
        new DelimiterFramer(delimiter, maximumLength);

    /// <summary>Lines that end with LF, be there a CR before it or not.</summary>
    /// <param name="maximumLength">The largest line, LF included, in bytes; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumLength"/> is below 1.</exception>
    public static IRecordFramer Lines(int maximumLength = DefaultMaximumLength) => Delimited("\n"u8, maximumLength);

    /// <summary>Lines that end with CR LF; either alone is part of the line.</summary>
    /// <param name="maximumLength">The largest line, CR LF included, in bytes; at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumLength"/> is below 2.</exception>
    public static IRecordFramer CrLf(int maximumLength = DefaultMaximumLength) => Delimited("\r\n"u8, maximumLength);

    /// <summary>Records that all have <paramref name="size"/> bytes.</summary>
    /// <param name="size">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1.</exception>
    public static IRecordFramer FixedSize(int size) => new FixedSizeFramer(size);

    /// <summary>
    /// The values of RESP2 and RESP3: what a Redis server sends. An aggregate with all it holds is one record; so is an attribute
    /// with the value it is about.
    /// </summary>
    /// <remarks>Aggregates may be nested 11 deep, an attribute counting as one. RESP3's streamed types are refused.</remarks>
    /// <param name="maximumLength">The largest value in bytes, at least 1.</param>
    /// <param name="maximumElements">The most elements of one aggregate, a map's pairs counted once; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
    public static IRecordFramer Resp(int maximumLength = DefaultMaximumLength, int maximumElements = 1024 * 1024) =>
        new RespFramer(maximumLength, maximumElements);

    /// <summary>
    /// The commands that a Redis server reads: arrays of bulk strings, or inline commands of at most 64 KiB that end with LF.
    /// Empty arrays and empty lines are records too, without a command in them.
    /// </summary>
    /// <remarks>
    /// The reason of an invalid result is the text of Redis's own error; a server sends it as <c>-ERR Protocol error: </c> and
    /// the reason. An array has at most 1,048,576 arguments.
    /// </remarks>
    /// <param name="maximumLength">The largest command, and so the largest argument, in bytes; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumLength"/> is below 1.</exception>
    public static IRecordFramer RespCommands(int maximumLength = DefaultMaximumLength) => new RespCommandFramer(maximumLength);
}
