using System.Buffers.Binary;

namespace Broadside.Bench.Load;

/// <summary>The records of the scenarios that use the library itself: a length, a kind, a number or a time, filling.</summary>
internal static class BenchRecord
{
    public const int HeaderLength = 13;
    public const byte Bulk = (byte)'B';
    public const byte Urgent = (byte)'U';

    /// <param name="kind">Which kind.</param>
    /// <param name="value">A bulk record's number, or when an urgent one was sent.</param>
    /// <param name="length">Of the whole record.</param>
    public static byte[] Create(byte kind, long value, int length)
    {
        var record = new byte[length];
        BinaryPrimitives.WriteInt32BigEndian(record, length - 4);
        record[4] = kind;
        BinaryPrimitives.WriteInt64BigEndian(record.AsSpan(5), value);
        return record;
    }

    public static (int Length, byte Kind, long Value) Read(ReadOnlySpan<byte> header) =>
        (BinaryPrimitives.ReadInt32BigEndian(header) + 4, header[4], BinaryPrimitives.ReadInt64BigEndian(header[5..]));
}
