using System.Buffers.Binary;

namespace Broadside.Bench.Load;

/// <summary>What is sent to be echoed: the length of the rest, for servers that want to know, then bytes of any kind.</summary>
internal static class EchoRequest
{
    public const int PrefixLength = 4;

    /// <param name="size">Of the whole request.</param>
    /// <param name="number">Requests of different numbers have different bytes.</param>
    public static byte[] Create(int size, int number)
    {
        var request = new byte[size];
        new Random(number).NextBytes(request);
        BinaryPrimitives.WriteInt32BigEndian(request, size - PrefixLength);
        return request;
    }
}
