namespace Broadside.NetStack.Wire;

/// <summary>
/// The options of a TCP header that are understood. MSS, window scale and SACK permitted belong to segments with SYN (RFC 9293 section
/// 3.7.1, RFC 7323 section 2.2, RFC 2018 section 2) and SACK to those without; elsewhere they are neither read nor written.
/// </summary>
internal readonly record struct TcpOptions
{
    /// <summary>The largest shift (RFC 7323 section 2.3): a larger one is taken for it.</summary>
    public const byte MaximumWindowScale = 14;

    private const int AlignedTimestampsLength = 12;

    /// <summary>Two options without effect, then the head of the Timestamps option: what most segments have and nothing else.</summary>
    private const uint AlignedTimestamps = 0x0101_080A;

    /// <summary>The largest segment that the sender takes; null if it does not say.</summary>
    public ushort? MaximumSegmentSize { get; init; }

    /// <summary>By how many bits the sender's windows are shifted; null if it does not scale.</summary>
    public byte? WindowScale { get; init; }

    public bool SackPermitted { get; init; }

    public TcpTimestamps? Timestamps { get; init; }

    public SackBlocks SackBlocks { get; init; }

    // With timestamps a header has space for three blocks (RFC 2018 section 3).
    private int EmittedSackBlocks => Math.Min(SackBlocks.Count, Timestamps is null ? 4 : 3);

    public static TcpOptions Parse(ReadOnlySpan<byte> bytes, bool isSyn)
    {
        if (bytes.Length == AlignedTimestampsLength && bytes.ReadUInt32(0) == AlignedTimestamps)
        {
            return new() { Timestamps = new(bytes.ReadUInt32(4), bytes.ReadUInt32(8)) };
        }

        var options = default(TcpOptions);
        var reader = new TcpOptionReader(bytes);
        while (reader.TryRead(out var option))
        {
            options = options.With(option, isSyn);
        }

        return options;
    }

    /// <summary>How many bytes they take up, a multiple of four.</summary>
    public int Length(bool isSyn) =>
        (Timestamps is null ? 0 : AlignedTimestampsLength)
        + (isSyn
            ? (MaximumSegmentSize is null ? 0 : 4) + (WindowScale is null ? 0 : 4) + (SackPermitted && Timestamps is null ? 4 : 0)
            : EmittedSackBlocks == 0 ? 0 : 4 + (EmittedSackBlocks * SackBlock.Length));

    /// <summary>Writes them in the order and alignment that is usual. A shift too large throws, and so does a maximum of nothing.</summary>
    public void Emit(Span<byte> bytes, bool isSyn)
    {
        var rest = bytes;
        if (isSyn && MaximumSegmentSize is { } maximumSegmentSize)
        {
            ArgumentOutOfRangeException.ThrowIfZero(maximumSegmentSize);
            Write(ref rest, ((uint)TcpOptionKind.MaximumSegmentSize << 24) | (4 << 16) | maximumSegmentSize);
        }

        var sackPermitted = ((uint)TcpOptionKind.SackPermitted << 8) | 2;
        if (Timestamps is { } timestamps)
        {
            // SACK permitted takes the place of the two options without effect.
            Write(ref rest, isSyn && SackPermitted ? (AlignedTimestamps & ushort.MaxValue) | (sackPermitted << 16) : AlignedTimestamps);
            Write(ref rest, timestamps.Value);
            Write(ref rest, timestamps.EchoReply);
        }
        else if (isSyn && SackPermitted)
        {
            Write(ref rest, AlignedBy(2) | sackPermitted);
        }

        if (isSyn && WindowScale is { } windowScale)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(windowScale, MaximumWindowScale);
            Write(ref rest, AlignedBy(1) | ((uint)TcpOptionKind.WindowScale << 16) | (3 << 8) | windowScale);
        }

        if (!isSyn && EmittedSackBlocks > 0)
        {
            EmitSackBlocks(rest);
        }
    }

    private static uint AlignedBy(int noOperations) =>
        noOperations == 1 ? (uint)TcpOptionKind.NoOperation << 24 : AlignedBy(1) | ((uint)TcpOptionKind.NoOperation << 16);

    private static void Write(ref Span<byte> rest, uint word)
    {
        rest.WriteUInt32(0, word);
        rest = rest[sizeof(uint)..];
    }

    private void EmitSackBlocks(Span<byte> rest)
    {
        var length = (uint)(TcpOption.HeaderLength + (EmittedSackBlocks * SackBlock.Length));
        Write(ref rest, AlignedBy(2) | ((uint)TcpOptionKind.Sack << 8) | length);
        var blocks = SackBlocks;
        foreach (var block in blocks.AsSpan()[..EmittedSackBlocks])
        {
            Write(ref rest, block.LeftEdge.Value);
            Write(ref rest, block.RightEdge.Value);
        }
    }

    // A known option of another length than its own is passed over like an unknown one.
    private TcpOptions With(TcpOption option, bool isSyn) => (option.Kind, option.Data.Length) switch
    {
        (TcpOptionKind.MaximumSegmentSize, 2) when isSyn && option.Data.ReadUInt16(0) > 0 =>
            this with { MaximumSegmentSize = option.Data.ReadUInt16(0) },
        (TcpOptionKind.WindowScale, 1) when isSyn => this with { WindowScale = Math.Min(option.Data[0], MaximumWindowScale) },
        (TcpOptionKind.SackPermitted, 0) when isSyn => this with { SackPermitted = true },
        (TcpOptionKind.Timestamps, 8) => this with { Timestamps = new(option.Data.ReadUInt32(0), option.Data.ReadUInt32(4)) },
        (TcpOptionKind.Sack, > 0) when !isSyn && option.Data.Length % SackBlock.Length == 0 =>
            this with { SackBlocks = ReadSackBlocks(option.Data) },
        _ => this,
    };

    private static SackBlocks ReadSackBlocks(ReadOnlySpan<byte> data)
    {
        Span<SackBlock> blocks = stackalloc SackBlock[SackBlocks.Capacity];
        var count = Math.Min(data.Length / SackBlock.Length, blocks.Length);
        for (var index = 0; index < count; index++)
        {
            var block = data[(index * SackBlock.Length)..];
            blocks[index] = new(new(block.ReadUInt32(0)), new(block.ReadUInt32(4)));
        }

        return new(blocks[..count]);
    }
}
