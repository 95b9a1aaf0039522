namespace Broadside.NetStack.Wire;

/// <summary>
/// The options of a Hop-by-Hop or Destination Options header (RFC 8200 section 4.2). None is known that asks anything of a host.
/// </summary>
internal static class IPv6Options
{
    /// <summary>No more are looked at than RFC 8504 section 5.3 asks for.</summary>
    public const int MaximumOptions = 8;

    private const byte Pad1 = 0;
    private const byte PadN = 1;
    private const int HeaderLength = 2;

    /// <summary>Says whether a packet with this header is taken; <paramref name="packetOffset"/> is where in the packet it is.</summary>
    public static HeaderChainDefect Inspect(ReadOnlySpan<byte> header, int packetOffset, bool isMulticast)
    {
        var options = 0;
        for (var position = HeaderLength; position < header.Length;)
        {
            var type = header[position];
            if (type == Pad1)
            {
                position++;
                continue;
            }

            if (header.Length - position < HeaderLength || header.Length - position - HeaderLength < header[position + 1])
            {
                return PacketDefect.BadOption;
            }

            if (type != PadN)
            {
                var defect = ++options > MaximumOptions ? PacketDefect.TooManyHeaders : Action(type, packetOffset + position, isMulticast);
                if (defect.Reason != PacketDefect.None)
                {
                    return defect;
                }
            }

            position += HeaderLength + header[position + 1];
        }

        return default;
    }

    // The two highest bits say what to do with a packet whose option is not known.
    private static HeaderChainDefect Action(byte type, int pointer, bool isMulticast) => (type >> 6) switch
    {
        0 => default,
        1 => PacketDefect.UnrecognizedOption,
        3 when isMulticast => PacketDefect.UnrecognizedOption,
        _ => new HeaderChainDefect(PacketDefect.UnrecognizedOption, ParameterProblemCode.UnrecognizedOption, pointer),
    };
}
