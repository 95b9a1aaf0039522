using System.Diagnostics;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <summary>
/// Bytes received and not read yet. Each lies at its place in the stream from the start, also if it came before its turn; a connection
/// with nothing to read holds no buffer.
/// </summary>
internal sealed class ReceiveQueue
{
    private SharedBuffer?[] _buffers = new SharedBuffer?[2];
    private ReceiveBuffers _pool = null!;

    // The first buffer's first byte, and how many buffers there may be something in.
    private SequenceNumber _origin;
    private int _head;
    private int _count;

    /// <summary>The first byte not read.</summary>
    public SequenceNumber Start { get; private set; }

    /// <summary>Begins with the first byte expected.</summary>
    public void Reset(ReceiveBuffers pool, SequenceNumber start)
    {
        Release();
        _pool = pool;
        Start = start;
        _origin = start;
    }

    /// <summary>Keeps bytes, not before <see cref="Start"/>. False if there is no room in the arena; some may then have been kept.</summary>
    public bool TryWrite(SequenceNumber sequence, ReadOnlySpan<byte> bytes)
    {
        Debug.Assert(sequence >= Start);
        var position = sequence - _origin;
        while (!bytes.IsEmpty)
        {
            if (BufferAt(position / ReceiveBuffers.BufferLength) is not { } buffer)
            {
                return false;
            }

            var offset = position % ReceiveBuffers.BufferLength;
            var part = Math.Min(bytes.Length, ReceiveBuffers.BufferLength - offset);
            bytes[..part].CopyTo(buffer.Extent.Span[offset..]);
            bytes = bytes[part..];
            position += part;
        }

        return true;
    }

    /// <summary>The next bytes to read, as many as lie together.</summary>
    /// <param name="next">Up to where everything has been received.</param>
    /// <param name="buffer">The buffer they lie in.</param>
    /// <param name="offset">Where in it.</param>
    /// <returns>How many; zero if there are none.</returns>
    public int Peek(SequenceNumber next, out SharedBuffer buffer, out int offset)
    {
        var available = next - Start;
        offset = Start - _origin;
        buffer = null!;
        if (available == 0)
        {
            return 0;
        }

        buffer = _buffers[_head]!;
        return Math.Min(available, ReceiveBuffers.BufferLength - offset);
    }

    /// <summary>Passes over bytes that were read, or that need not be. Buffers without any left are given back.</summary>
    /// <param name="length">How many.</param>
    /// <param name="isDrained">Whether nothing is left beyond, out of order or not.</param>
    public void Advance(int length, bool isDrained)
    {
        Start += length;
        if (isDrained)
        {
            Release();
            _origin = Start;
            return;
        }

        while (_count > 0 && Start - _origin >= ReceiveBuffers.BufferLength)
        {
            DropFirst();
        }

        if (_count == 0)
        {
            _origin = Start;
        }
    }

    /// <summary>Gives those buffers back that nothing before a byte lies in.</summary>
    public void ReleaseBeyond(SequenceNumber end)
    {
        var kept = (end - _origin + ReceiveBuffers.BufferLength - 1) / ReceiveBuffers.BufferLength;
        for (; _count > kept; _count--)
        {
            ref var buffer = ref _buffers[(_head + _count - 1) % _buffers.Length];
            if (buffer is not null)
            {
                _pool.Return(buffer);
                buffer = null;
            }
        }
    }

    /// <summary>Gives all buffers back.</summary>
    public void Release()
    {
        while (_count > 0)
        {
            DropFirst();
        }

        _head = 0;
    }

    private void DropFirst()
    {
        if (_buffers[_head] is { } buffer)
        {
            _pool.Return(buffer);
            _buffers[_head] = null;
        }

        _head = (_head + 1) % _buffers.Length;
        _count--;
        _origin += ReceiveBuffers.BufferLength;
    }

    private SharedBuffer? BufferAt(int index)
    {
        while (index >= _buffers.Length)
        {
            Grow();
        }

        _count = Math.Max(_count, index + 1);
        ref var buffer = ref _buffers[(_head + index) % _buffers.Length];
        if (buffer is null)
        {
            _pool.TryRent(out buffer);
        }

        return buffer;
    }

    private void Grow()
    {
        var buffers = new SharedBuffer?[_buffers.Length * 2];
        for (var index = 0; index < _count; index++)
        {
            buffers[index] = _buffers[(_head + index) % _buffers.Length];
        }

        _buffers = buffers;
        _head = 0;
    }
}
