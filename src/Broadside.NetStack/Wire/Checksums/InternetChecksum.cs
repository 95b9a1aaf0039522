using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Broadside.NetStack.Wire;

/// <summary>
/// The 16-bit one's complement sum of RFC 1071. Whole vectors are added as 32-bit words in 64-bit lanes: as 2^16 is 1 modulo 2^16 - 1,
/// words of any size give the same sum, and the byte order matters only at the end (RFC 1071 section 2(B)).
/// </summary>
internal static class InternetChecksum
{
    /// <summary>With fewer vectors than this, adding up the lanes costs more than the vectors save.</summary>
    private const int WorthwhileVectors = 4;

    private const ulong LowWord = uint.MaxValue;

    /// <summary>The sum of big-endian words; an odd last byte is padded with zero. Zero only if all bytes are.</summary>
    public static ushort Sum(ReadOnlySpan<byte> bytes)
    {
        if (Vector512.IsHardwareAccelerated && bytes.Length >= WorthwhileVectors * Vector512<byte>.Count)
        {
            return SumVector512(bytes);
        }

        if (Vector256.IsHardwareAccelerated && bytes.Length >= WorthwhileVectors * Vector256<byte>.Count)
        {
            return SumVector256(bytes);
        }

        return Vector128.IsHardwareAccelerated && bytes.Length >= WorthwhileVectors * Vector128<byte>.Count
            ? SumVector128(bytes)
            : SumScalar(bytes);
    }

    public static ushort SumVector512(ReadOnlySpan<byte> bytes)
    {
        var even = Vector512<ulong>.Zero;
        var odd = Vector512<ulong>.Zero;
        var vectors = MemoryMarshal.Cast<byte, Vector512<ulong>>(bytes);
        foreach (ref readonly var vector in vectors)
        {
            even += vector & Vector512.Create(LowWord);
            odd += vector >>> 32;
        }

        return Complete(Vector512.Sum(even + odd), bytes[(vectors.Length * Vector512<byte>.Count)..]);
    }

    public static ushort SumVector256(ReadOnlySpan<byte> bytes)
    {
        var even = Vector256<ulong>.Zero;
        var odd = Vector256<ulong>.Zero;
        var vectors = MemoryMarshal.Cast<byte, Vector256<ulong>>(bytes);
        foreach (ref readonly var vector in vectors)
        {
            even += vector & Vector256.Create(LowWord);
            odd += vector >>> 32;
        }

        return Complete(Vector256.Sum(even + odd), bytes[(vectors.Length * Vector256<byte>.Count)..]);
    }

    public static ushort SumVector128(ReadOnlySpan<byte> bytes)
    {
        var even = Vector128<ulong>.Zero;
        var odd = Vector128<ulong>.Zero;
        var vectors = MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes);
        foreach (ref readonly var vector in vectors)
        {
            even += vector & Vector128.Create(LowWord);
            odd += vector >>> 32;
        }

        return Complete(Vector128.Sum(even + odd), bytes[(vectors.Length * Vector128<byte>.Count)..]);
    }

    public static ushort SumScalar(ReadOnlySpan<byte> bytes) => Complete(0, bytes);

    /// <summary>Adds up a number's 16-bit digits until one is left.</summary>
    public static ushort Fold(ulong sum)
    {
        sum = (sum & LowWord) + (sum >> 32);
        sum = (sum & LowWord) + (sum >> 32);
        sum = (sum & ushort.MaxValue) + (sum >> 16);
        sum = (sum & ushort.MaxValue) + (sum >> 16);
        return (ushort)sum;
    }

    // The sum and these bytes are in the machine's order, the result in the network's.
    private static ushort Complete(ulong sum, ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, uint>(bytes);
        foreach (var word in words)
        {
            sum += word;
        }

        var rest = bytes[(words.Length * sizeof(uint))..];
        if (rest.Length >= sizeof(ushort))
        {
            sum += MemoryMarshal.Read<ushort>(rest);
            rest = rest[sizeof(ushort)..];
        }

        if (!rest.IsEmpty)
        {
            sum += BitConverter.IsLittleEndian ? rest[0] : (uint)rest[0] << 8;
        }

        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(Fold(sum)) : Fold(sum);
    }
}
