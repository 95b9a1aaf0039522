using System.Buffers.Binary;

namespace Broadside.NetStack.Wire;

/// <summary>Fields of a header by their offset, most significant byte first.</summary>
internal static class NetworkByteOrder
{
    public static ushort ReadUInt16(this ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]);

    public static uint ReadUInt32(this ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]);

    public static ulong ReadUInt64(this ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64BigEndian(bytes[offset..]);

    public static void WriteUInt16(this Span<byte> bytes, int offset, ushort value) =>
        BinaryPrimitives.WriteUInt16BigEndian(bytes[offset..], value);

    public static void WriteUInt32(this Span<byte> bytes, int offset, uint value) =>
        BinaryPrimitives.WriteUInt32BigEndian(bytes[offset..], value);

    public static void WriteUInt64(this Span<byte> bytes, int offset, ulong value) =>
        BinaryPrimitives.WriteUInt64BigEndian(bytes[offset..], value);
}
