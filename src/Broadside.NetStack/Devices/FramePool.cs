using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>
/// Buffers for frames, kept when they come back: small ones for ordinary frames and large ones for joined segments and great MTUs. It
/// holds as many as were ever in use at once, which its users bound. For one thread at a time.
/// </summary>
internal sealed class FramePool
{
    private const int SmallCapacity = 2048;

    /// <summary>The longest packet and its link's header.</summary>
    private const int LargeCapacity = IPv6Packet.HeaderLength + ushort.MaxValue + EthernetFrame.HeaderLength;

    private readonly Stack<FrameBuffer> _small = new();
    private readonly Stack<FrameBuffer> _large = new();

    public FrameBuffer Rent(ReadOnlySpan<byte> bytes, ChecksumValidation validation = ChecksumValidation.Software, int segmentSize = 0)
    {
        var isSmall = bytes.Length <= SmallCapacity;
        if (!(isSmall ? _small : _large).TryPop(out var buffer))
        {
            buffer = new FrameBuffer(isSmall ? SmallCapacity : LargeCapacity);
        }

        buffer.Set(bytes, validation, segmentSize);
        return buffer;
    }

    public void Return(FrameBuffer buffer)
    {
        buffer.Next = null;
        (buffer.Capacity == SmallCapacity ? _small : _large).Push(buffer);
    }

    /// <summary>Takes back a chain of buffers.</summary>
    public void ReturnAll(ref FrameBuffer? first)
    {
        while (first is { } buffer)
        {
            first = buffer.Next;
            Return(buffer);
        }
    }
}
