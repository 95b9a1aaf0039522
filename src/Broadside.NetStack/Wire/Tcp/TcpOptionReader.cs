namespace Broadside.NetStack.Wire;

/// <summary>Reads the options of a TCP header one by one. One of impossible length ends them, as End of Option List does.</summary>
internal ref struct TcpOptionReader(ReadOnlySpan<byte> options)
{
    private ReadOnlySpan<byte> _rest = options;

    /// <summary>Whether reading ended at an option of impossible length (RFC 9293 section 3.1, MUST-7).</summary>
    public bool IsMalformed { get; private set; }

    public bool TryRead(out TcpOption option)
    {
        option = default;
        while (!_rest.IsEmpty && _rest[0] == (byte)TcpOptionKind.NoOperation)
        {
            _rest = _rest[1..];
        }

        if (_rest.IsEmpty || _rest[0] == (byte)TcpOptionKind.EndOfOptionList)
        {
            return false;
        }

        var length = _rest.Length < TcpOption.HeaderLength ? 0 : _rest[1];
        if (length < TcpOption.HeaderLength || length > _rest.Length)
        {
            IsMalformed = true;
            _rest = [];
            return false;
        }

        option = new(_rest[..length]);
        _rest = _rest[length..];
        return true;
    }
}

/// <summary>A view of an option: its kind, its length in bytes, and the rest.</summary>
internal readonly ref struct TcpOption(ReadOnlySpan<byte> bytes)
{
    public const int HeaderLength = 2;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public TcpOptionKind Kind => (TcpOptionKind)_bytes[0];

    public ReadOnlySpan<byte> Data => _bytes[HeaderLength..];
}

/// <summary>The options that are understood; others, TCP Fast Open's among them, are passed over.</summary>
internal enum TcpOptionKind : byte
{
    EndOfOptionList = 0,
    NoOperation = 1,
    MaximumSegmentSize = 2,
    WindowScale = 3,
    SackPermitted = 4,
    Sack = 5,
    Timestamps = 8,
}
