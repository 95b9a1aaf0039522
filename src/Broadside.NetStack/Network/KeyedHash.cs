using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Broadside.NetStack.Network;

/// <summary>
/// SipHash (Aumasson and Bernstein, 2012) of 64-bit words: without its key nobody can foresee or steer it. <see cref="Secure"/> is the
/// pseudorandom function of sequence numbers, ports and cookies; <see cref="Fast"/> has fewer rounds, enough for tables, whose hashes
/// are never shown.
/// </summary>
internal readonly record struct KeyedHash(ulong Key0, ulong Key1)
{
    /// <summary>A hash with a new random key.</summary>
    public static KeyedHash Create()
    {
        Span<ulong> key = stackalloc ulong[2];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(key));
        return new(key[0], key[1]);
    }

    /// <summary>A hash with a key from a source of the caller's: one that nobody foresees, but in tests.</summary>
    public static KeyedHash Create(Random random)
    {
        Span<ulong> key = stackalloc ulong[2];
        random.NextBytes(MemoryMarshal.AsBytes(key));
        return new(key[0], key[1]);
    }

    /// <summary>SipHash-2-4 of the words, taken as bytes in little-endian order.</summary>
    public ulong Secure(params ReadOnlySpan<ulong> words) => Compute(words, 2, 4);

    /// <summary>SipHash-1-3 of the words, taken as bytes in little-endian order.</summary>
    public ulong Fast(params ReadOnlySpan<ulong> words) => Compute(words, 1, 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Compute(ReadOnlySpan<ulong> words, int compressionRounds, int finalizationRounds)
    {
        var v0 = Key0 ^ 0x736F_6D65_7073_6575;
        var v1 = Key1 ^ 0x646F_7261_6E64_6F6D;
        var v2 = Key0 ^ 0x6C79_6765_6E65_7261;
        var v3 = Key1 ^ 0x7465_6462_7974_6573;
        for (var index = 0; index <= words.Length; index++)
        {
            // The last block holds no bytes, only how many there were.
            var word = index < words.Length ? words[index] : (ulong)(words.Length * sizeof(ulong)) << 56;
            v3 ^= word;
            Mix(ref v0, ref v1, ref v2, ref v3, compressionRounds);
            v0 ^= word;
        }

        v2 ^= 0xFF;
        Mix(ref v0, ref v1, ref v2, ref v3, finalizationRounds);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            v0 += v1;
            v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
            v0 = BitOperations.RotateLeft(v0, 32);
            v2 += v3;
            v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
            v2 = BitOperations.RotateLeft(v2, 32);
        }
    }
}
