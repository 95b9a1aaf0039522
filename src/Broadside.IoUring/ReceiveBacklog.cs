namespace Broadside.IoUring;

/// <summary>Bytes that arrived while a connection was paused: those already on their way when it was. Pooled.</summary>
internal sealed class ReceiveBacklog
{
    private readonly Queue<Piece> _pieces = new();
    private int _consumed;

    /// <summary>Keeps bytes, with a reference on their buffer.</summary>
    public void Append(SharedBuffer buffer, int offset, int length)
    {
        buffer.AddReference();
        _pieces.Enqueue(new Piece(buffer, offset, length));
    }

    /// <summary>The oldest bytes.</summary>
    public (SharedBuffer Buffer, int Offset, int Length) Peek()
    {
        var (buffer, offset, length) = _pieces.Peek();
        return (buffer, offset + _consumed, length - _consumed);
    }

    /// <summary>Notes that so many of the oldest bytes are dealt with.</summary>
    public void Advance(int length, out bool isEmpty)
    {
        _consumed += length;
        if (_consumed == _pieces.Peek().Length)
        {
            _consumed = 0;
            _pieces.Dequeue().Buffer.Release();
        }

        isEmpty = _pieces.Count == 0;
    }

    public void Clear()
    {
        while (_pieces.TryDequeue(out var piece))
        {
            piece.Buffer.Release();
        }

        _consumed = 0;
    }

    private readonly record struct Piece(SharedBuffer Buffer, int Offset, int Length);
}
