using System.Buffers.Binary;
using System.Diagnostics;

namespace Broadside.Cli.Demo;

/// <summary>The demo's wire format: a 4-byte big-endian length, then as many bytes. A message of 8 bytes carries the time of its sending.</summary>
internal static class DemoMessage
{
    public const int PrefixLength = 4;
    public const int StampLength = 8;

    /// <summary>A message of <paramref name="length"/> bytes, prefix included.</summary>
    public static byte[] OfLength(int length)
    {
        var message = new byte[length];
        BinaryPrimitives.WriteInt32BigEndian(message, length - PrefixLength);
        return message;
    }

    /// <summary>A message that tells when it was sent. Both processes read the same monotonic clock.</summary>
    public static byte[] Stamp()
    {
        var message = OfLength(PrefixLength + StampLength);
        BinaryPrimitives.WriteInt64BigEndian(message.AsSpan(PrefixLength), Stopwatch.GetTimestamp());
        return message;
    }
}
