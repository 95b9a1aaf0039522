namespace Broadside.Channels;

/// <summary>Bytes that arrived, borrowed for the duration of <see cref="IConnectionHandler.OnReceived"/>.</summary>
/// <remarks>
/// Copy what is small. What is large may be kept without copying by taking a reference on <see cref="Buffer"/>: the whole buffer
/// stays until that reference is released, and the channel goes on with another.
/// </remarks>
public readonly ref struct ReceivedSegment
{
    /// <summary>Creates a segment.</summary>
    /// <param name="buffer">The buffer the bytes lie in.</param>
    /// <param name="offset">First byte, counted from the buffer's start.</param>
    /// <param name="length">Number of bytes.</param>
    public ReceivedSegment(SharedBuffer buffer, int offset, int length)
    {
        Buffer = buffer;
        Offset = offset;
        Extent = buffer.Extent.Slice(offset, length);
    }

    /// <summary>The buffer the bytes lie in.</summary>
    public SharedBuffer Buffer { get; }

    /// <summary>Where in the buffer they begin.</summary>
    public int Offset { get; }

    /// <summary>The bytes.</summary>
    public Extent Extent { get; }
}
