namespace Broadside.NetStack.Wire;

/// <summary>Reads the options of a neighbor discovery message one by one (RFC 4861 section 4.6).</summary>
internal ref struct NdpOptionReader(ReadOnlySpan<byte> options)
{
    private const int Unit = 8;

    private ReadOnlySpan<byte> _rest = options;

    /// <summary>Whether reading ended at an option whose length is zero or more than is left.</summary>
    public bool IsMalformed { get; private set; }

    public bool TryRead(out NdpOption option)
    {
        option = default;
        if (_rest.IsEmpty)
        {
            return false;
        }

        var length = _rest.Length < NdpOption.HeaderLength ? 0 : _rest[1] * Unit;
        if (length == 0 || length > _rest.Length)
        {
            IsMalformed = true;
            return false;
        }

        option = new(_rest[..length]);
        _rest = _rest[length..];
        return true;
    }
}

/// <summary>A view of an option: its type, its length in units of eight bytes, and the rest.</summary>
internal readonly ref struct NdpOption(ReadOnlySpan<byte> bytes)
{
    public const int HeaderLength = 2;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public NdpOptionType Type => (NdpOptionType)_bytes[0];

    public ReadOnlySpan<byte> Bytes => _bytes;
}

/// <summary>The options that are understood; others are passed over.</summary>
internal enum NdpOptionType : byte
{
    SourceLinkLayerAddress = 1,
    TargetLinkLayerAddress = 2,
    PrefixInformation = 3,
    Mtu = 5,
}
