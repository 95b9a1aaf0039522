namespace Broadside.Relay;

/// <summary>
/// Where a <see cref="RespCommand"/> keeps what it found: the bounds of each argument, and the text of inline arguments once their
/// quotes are resolved. Owned by the caller and reused for command after command; at most one command refers to it at a time.
/// </summary>
internal sealed class ArgumentBuffer
{
    // What stays allocated between commands. A single huge command must not hold its memory for ever.
    private const int KeptBounds = 2048;
    private const int KeptText = 64 * 1024;

    private int[] _bounds = new int[32];
    private byte[] _text = [];
    private int _count;

    /// <summary>First byte and end of each argument, alternating.</summary>
    public ReadOnlySpan<int> Bounds => _bounds.AsSpan(0, _count);

    /// <summary>Forgets the last command.</summary>
    public void Clear()
    {
        _count = 0;
        if (_bounds.Length > KeptBounds)
        {
            _bounds = new int[KeptBounds];
        }

        if (_text.Length > KeptText)
        {
            _text = [];
        }
    }

    /// <summary>Adds an argument.</summary>
    /// <param name="start">Its first byte.</param>
    /// <param name="end">Just beyond its last.</param>
    public void Add(int start, int end)
    {
        if (_count == _bounds.Length)
        {
            Array.Resize(ref _bounds, _bounds.Length * 2);
        }

        _bounds[_count++] = start;
        _bounds[_count++] = end;
    }

    /// <summary>Room for resolved text; its content is undefined.</summary>
    /// <param name="length">Bytes needed.</param>
    public Span<byte> Text(int length)
    {
        if (_text.Length < length)
        {
            _text = new byte[Math.Max(length, 256)];
        }

        return _text.AsSpan(0, length);
    }
}
