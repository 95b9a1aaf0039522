using System.Buffers.Binary;

namespace Broadside.NetStack.Wire;

/// <summary>
/// A sum in 16-bit one's complement arithmetic, where 0 and 0xFFFF are both zero; a checksum is its complement (RFC 1071).
/// </summary>
internal readonly record struct OnesComplementSum(ushort Value)
{
    /// <summary>What is written into a checksum field.</summary>
    public ushort Checksum => (ushort)~Value;

    /// <summary>Whether this, being the sum of a packet and its checksum field, says that the packet is whole.</summary>
    public bool IsValid => Value == ushort.MaxValue;

    /// <summary>The sum of the same bytes one place further on, where the halves of words change places (RFC 1071 section 2(B)).</summary>
    public OnesComplementSum Swapped => new(BinaryPrimitives.ReverseEndianness(Value));

    public static OnesComplementSum operator +(OnesComplementSum left, OnesComplementSum right)
    {
        var sum = left.Value + right.Value;
        return new((ushort)(sum + (sum >> 16)));
    }

    public static OnesComplementSum operator -(OnesComplementSum left, OnesComplementSum right) =>
        left + new OnesComplementSum((ushort)~right.Value);

    public static OnesComplementSum Of(ReadOnlySpan<byte> bytes) => new(InternetChecksum.Sum(bytes));

    /// <summary>The sum of a number's four 16-bit words.</summary>
    public static OnesComplementSum OfWords(ulong words) => new(InternetChecksum.Fold(words));

    /// <summary>The checksum of a packet in which some words have been replaced (RFC 1624 section 3, equation 3).</summary>
    public static ushort Update(ushort checksum, OnesComplementSum removed, OnesComplementSum added) =>
        (new OnesComplementSum((ushort)~checksum) - removed + added).Checksum;
}
