namespace Broadside.NetStack.Wire;

/// <summary>Walks a packet's extension headers (RFC 8200 section 4), no more than a few, and says what is wrong with them.</summary>
/// <param name="bytes">The headers and what they lead to.</param>
/// <param name="origin">Where in the packet the bytes begin: answers point into the packet.</param>
/// <param name="nextHeaderField">Where in the packet it says which header is the first.</param>
/// <param name="first">Which header is the first.</param>
internal ref struct IPv6HeaderWalker(ReadOnlySpan<byte> bytes, int origin, int nextHeaderField, InternetProtocol first)
{
    public const int MaximumHeaders = 8;

    private const int PayloadLengthField = 4;
    private const int HeaderUnit = 8;
    private const int MaximumFragmentedLength = ushort.MaxValue;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private InternetProtocol _next = first;
    private int _position;
    private int _nextHeaderField = nextHeaderField;

    /// <summary>Whether the packet is sent to a group, which changes what is answered.</summary>
    public bool IsMulticast { get; init; }

    /// <summary>Whether the bytes are a fragmented part, in which neither Hop-by-Hop Options nor further fragments may be.</summary>
    public bool IsReassembled { get; init; }

    public bool TryWalk(out IPv6HeaderChain chain, out HeaderChainDefect defect)
    {
        defect = default;
        chain = default;
        for (var headers = 0; IsExtension(_next); headers++)
        {
            if (_next == InternetProtocol.Fragment)
            {
                defect = TakeFragmentHeader(out var fragment);
                if (defect.Reason == PacketDefect.None && !fragment.IsAtomic)
                {
                    chain = new(_next, _position, _bytes[_position..], fragment);
                    return true;
                }
            }
            else
            {
                defect = TakeHeader();
            }

            if (defect.Reason == PacketDefect.None && headers == MaximumHeaders)
            {
                defect = PacketDefect.TooManyHeaders;
            }

            if (defect.Reason != PacketDefect.None)
            {
                return false;
            }
        }

        chain = new(_next, _position, _bytes[_position..], null);
        return true;
    }

    private static bool IsExtension(InternetProtocol next) =>
        next is InternetProtocol.HopByHopOptions
            or InternetProtocol.Routing
            or InternetProtocol.Fragment
            or InternetProtocol.DestinationOptions;

    private HeaderChainDefect TakeHeader()
    {
        // RFC 8200 section 4.1: Hop-by-Hop Options may only follow the fixed header.
        if (_next == InternetProtocol.HopByHopOptions && (_position > 0 || IsReassembled))
        {
            return new(PacketDefect.UnrecognizedOption, ParameterProblemCode.UnrecognizedNextHeader, _nextHeaderField);
        }

        var rest = _bytes[_position..];
        if (rest.Length < HeaderUnit || rest.Length < (rest[1] + 1) * HeaderUnit)
        {
            return PacketDefect.Truncated;
        }

        var header = rest[..((rest[1] + 1) * HeaderUnit)];
        var packetOffset = origin + _position;
        var defect = _next == InternetProtocol.Routing
            ? InspectRouting(header, packetOffset)
            : IPv6Options.Inspect(header, packetOffset, IsMulticast);
        Advance(header);
        return defect;
    }

    // RFC 8200 section 4.4: an unknown route that has been travelled is passed over. So is type 0, deprecated by RFC 5095.
    private static HeaderChainDefect InspectRouting(ReadOnlySpan<byte> header, int packetOffset)
    {
        const int RoutingType = 2, SegmentsLeft = 3;
        return header[SegmentsLeft] == 0
            ? default
            : new(PacketDefect.SourceRouted, ParameterProblemCode.ErroneousHeaderField, packetOffset + RoutingType);
    }

    private HeaderChainDefect TakeFragmentHeader(out IPv6FragmentHeader fragment)
    {
        const int OffsetField = 2;
        fragment = default;
        var rest = _bytes[_position..];
        if (rest.Length < IPv6FragmentHeader.Length)
        {
            return PacketDefect.Truncated;
        }

        if (IsReassembled)
        {
            return PacketDefect.BadFragment;
        }

        fragment = IPv6FragmentHeader.Read(rest);
        var packetOffset = origin + _position;
        Advance(rest[..IPv6FragmentHeader.Length]);
        var length = _bytes.Length - _position;
        if (fragment.IsAtomic)
        {
            return default;
        }

        // RFC 8200 section 4.5 says where each answer points.
        return length == 0 ? PacketDefect.BadFragment
            : fragment.MoreFragments && length % IPv6FragmentHeader.FragmentUnit != 0
                ? new(PacketDefect.BadFragment, ParameterProblemCode.ErroneousHeaderField, PayloadLengthField)
            : fragment.FragmentOffset + length > MaximumFragmentedLength
                ? new(PacketDefect.BadFragment, ParameterProblemCode.ErroneousHeaderField, packetOffset + OffsetField)
            : fragment.FragmentOffset == 0 ? InspectFirstFragment(fragment.NextHeader)
            : default;
    }

    // RFC 7112 section 5: the first fragment has all headers, the upper layer's too.
    private readonly HeaderChainDefect InspectFirstFragment(InternetProtocol next)
    {
        var walker = new IPv6HeaderWalker(_bytes[_position..], origin + _position, _nextHeaderField, next)
        {
            IsMulticast = IsMulticast,
            IsReassembled = true,
        };
        var isWhole = walker.TryWalk(out var chain, out var defect)
            ? chain.Payload.Length >= UpperLayerHeaderLength(chain.Protocol)
            : defect.Reason != PacketDefect.Truncated;
        return isWhole
            ? defect
            : new(PacketDefect.IncompleteHeaderChain, ParameterProblemCode.IncompleteHeaderChain);
    }

    private static int UpperLayerHeaderLength(InternetProtocol protocol) => protocol switch
    {
        InternetProtocol.Tcp => TcpSegment.MinimumHeaderLength,
        InternetProtocol.Udp => UdpDatagram.HeaderLength,
        InternetProtocol.Icmpv6 => Icmpv6Packet.HeaderLength,
        _ => 0,
    };

    private void Advance(ReadOnlySpan<byte> header)
    {
        _nextHeaderField = origin + _position;
        _next = (InternetProtocol)header[0];
        _position += header.Length;
    }
}
