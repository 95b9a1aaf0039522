using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Broadside.NetStack.Interop.Harness;

/// <summary>
/// What transfers carry: the same random bytes over and over, of a prime length, so that what is missing, doubled or misplaced changes
/// the hash.
/// </summary>
internal static class Noise
{
    public const int Period = 1_048_573;

    private static readonly ConcurrentDictionary<long, string> Hashes = new();

    public static byte[] Bytes { get; } = Create();

    /// <summary>The bytes from a position on, as far as they are in one piece.</summary>
    public static ReadOnlyMemory<byte> From(long position, long length, int limit)
    {
        var offset = (int)(position % Period);
        return Bytes.AsMemory(offset, (int)Math.Min(Math.Min(length, limit), Period - offset));
    }

    /// <summary>The SHA-256 of so many bytes.</summary>
    public static string HashOf(long length) => Hashes.GetOrAdd(length, static length =>
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var position = 0L; position < length;)
        {
            var piece = From(position, length - position, Period);
            hash.AppendData(piece.Span);
            position += piece.Length;
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    });

    private static byte[] Create()
    {
        var bytes = new byte[Period];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
