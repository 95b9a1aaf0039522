namespace Broadside.Testing;

/// <summary>Bytes that arrived and wait to be read.</summary>
internal sealed class ByteQueue
{
    private readonly Queue<ReadOnlyMemory<byte>> _parts = new();
    private int _readOfFirst;

    public int Length { get; private set; }

    public void Write(ReadOnlyMemory<byte> bytes)
    {
        _parts.Enqueue(bytes);
        Length += bytes.Length;
    }

    /// <summary>Moves bytes into <paramref name="destination"/>, as many as there are and fit.</summary>
    public int Read(Span<byte> destination)
    {
        var read = 0;
        while (read < destination.Length && _parts.TryPeek(out var part))
        {
            var count = Math.Min(part.Length - _readOfFirst, destination.Length - read);
            part.Span.Slice(_readOfFirst, count).CopyTo(destination[read..]);
            read += count;
            _readOfFirst += count;
            if (_readOfFirst == part.Length)
            {
                _parts.Dequeue();
                _readOfFirst = 0;
            }
        }

        Length -= read;
        return read;
    }

    public int Clear()
    {
        var length = Length;
        _parts.Clear();
        _readOfFirst = 0;
        Length = 0;
        return length;
    }
}
