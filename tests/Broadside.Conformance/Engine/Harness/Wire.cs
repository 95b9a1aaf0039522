using System.Buffers.Binary;

namespace Broadside.Conformance.Engine.Harness;

/// <summary>The tests' wire format: a 4-byte length, then who sent it, its number, and a pattern that follows from both.</summary>
public static class Wire
{
    public const int HeaderLength = 9;
    private const int PrefixLength = 4;

    public static IRecordFramer Framer { get; } = Framers.LengthPrefixed(PrefixLength, maximumLength: 8 << 20);

    /// <summary>A record of <paramref name="length"/> bytes, prefix included.</summary>
    public static byte[] Bytes(int sender, int number, int length = HeaderLength)
    {
        var bytes = new byte[length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length - PrefixLength);
        bytes[PrefixLength] = (byte)sender;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(PrefixLength + 1), number);
        Pattern.Fill(bytes.AsSpan(HeaderLength), number);
        return bytes;
    }

    /// <summary>Reads a record; null when it is not one that <see cref="Bytes"/> made.</summary>
    public static Sent? Read(ReadOnlySpan<byte> bytes)
    {
        var isWhole = bytes.Length >= HeaderLength && BinaryPrimitives.ReadInt32BigEndian(bytes) == bytes.Length - PrefixLength;
        if (!isWhole)
        {
            return null;
        }

        var number = BinaryPrimitives.ReadInt32BigEndian(bytes[(PrefixLength + 1)..]);
        return Pattern.FirstMismatch(bytes[HeaderLength..], number) < 0 ? new Sent(bytes[PrefixLength], number, bytes.Length) : null;
    }
}

/// <summary>What a record of <see cref="Wire"/> says.</summary>
public readonly record struct Sent(int Sender, int Number, int Length);
