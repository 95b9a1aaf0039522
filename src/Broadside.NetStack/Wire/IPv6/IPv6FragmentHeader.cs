namespace Broadside.NetStack.Wire;

/// <summary>The Fragment header (RFC 8200 section 4.5).</summary>
/// <param name="NextHeader">What the fragmented part begins with.</param>
/// <param name="FragmentOffset">Where the payload belongs in the fragmented part, in bytes.</param>
/// <param name="MoreFragments">Whether others follow this one.</param>
/// <param name="Identification">What the fragments of a packet have in common.</param>
internal readonly record struct IPv6FragmentHeader(
    InternetProtocol NextHeader, int FragmentOffset, bool MoreFragments, uint Identification)
{
    public const int Length = 8;

    /// <summary>Fragments begin at multiples of this many bytes.</summary>
    public const int FragmentUnit = 8;

    private const int OffsetMask = 0xFFF8;

    /// <summary>Whether it is the whole packet, to be taken by itself (RFC 6946).</summary>
    public bool IsAtomic => FragmentOffset == 0 && !MoreFragments;

    public static IPv6FragmentHeader Read(ReadOnlySpan<byte> bytes) => new(
        (InternetProtocol)bytes[0],
        bytes.ReadUInt16(2) & OffsetMask,
        (bytes[3] & 1) != 0,
        bytes.ReadUInt32(4));

    /// <summary>Writes the header. An offset that no header can say throws.</summary>
    public void Emit(Span<byte> header)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(FragmentOffset & ~OffsetMask, 0);
        header[0] = (byte)NextHeader;
        header[1] = 0;
        header.WriteUInt16(2, (ushort)(FragmentOffset | (MoreFragments ? 1 : 0)));
        header.WriteUInt32(4, Identification);
    }
}
