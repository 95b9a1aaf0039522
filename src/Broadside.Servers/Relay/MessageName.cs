using System.Buffers.Binary;

namespace Broadside.Relay;

/// <summary>A key or id together with its channel: those of one channel mean nothing in another, though a pattern joins both.</summary>
internal static class MessageName
{
    public static byte[] Of(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> name)
    {
        var bytes = new byte[sizeof(int) + channel.Length + name.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, channel.Length);
        channel.CopyTo(bytes.AsSpan(sizeof(int)));
        name.CopyTo(bytes.AsSpan(sizeof(int) + channel.Length));
        return bytes;
    }
}
