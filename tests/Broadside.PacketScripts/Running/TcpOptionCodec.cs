using Broadside.NetStack.Wire;
using Broadside.PacketScripts.Parsing;

namespace Broadside.PacketScripts.Running;

/// <summary>
/// TCP options between bytes and the form scripts have: in any order and with every byte of padding, which the stack's own types, made
/// for valid segments, do not keep.
/// </summary>
internal static class TcpOptionCodec
{
    public static byte[] Encode(IReadOnlyList<TcpOptionField> options)
    {
        var bytes = new byte[options.Sum(option => option.Length)];
        var rest = bytes.AsSpan();
        foreach (var option in options)
        {
            Encode(option, rest);
            rest = rest[option.Length..];
        }

        return bytes;
    }

    public static List<TcpOptionField> Decode(ReadOnlySpan<byte> bytes)
    {
        var options = new List<TcpOptionField>();
        while (!bytes.IsEmpty)
        {
            if (bytes[0] == (byte)TcpOptionKind.EndOfOptionList)
            {
                options.Add(new EndOfOptionsField());
                bytes = bytes[1..];
                continue;
            }

            if (bytes[0] == (byte)TcpOptionKind.NoOperation)
            {
                options.Add(new NoOperationField());
                bytes = bytes[1..];
                continue;
            }

            if (bytes.Length < 2 || bytes[1] < 2 || bytes[1] > bytes.Length)
            {
                throw new ScriptFailedException($"got a TCP option of kind {bytes[0]} with an impossible length");
            }

            options.Add(Decode((TcpOptionKind)bytes[0], bytes[2..bytes[1]]));
            bytes = bytes[bytes[1]..];
        }

        return options;
    }

    private static TcpOptionField Decode(TcpOptionKind kind, ReadOnlySpan<byte> data) => (kind, data.Length) switch
    {
        (TcpOptionKind.MaximumSegmentSize, 2) => new MaximumSegmentSizeField(data.ReadUInt16(0)),
        (TcpOptionKind.WindowScale, 1) => new WindowScaleField(data[0]),
        (TcpOptionKind.SackPermitted, 0) => new SackPermittedField(),
        (TcpOptionKind.Timestamps, 8) => new TimestampsField(data.ReadUInt32(0), data.ReadUInt32(4)),
        (TcpOptionKind.Sack, > 0) when data.Length % SackBlock.Length == 0 => DecodeSack(data),
        _ => new UnknownOptionField((byte)kind, data.Length),
    };

    private static SackField DecodeSack(ReadOnlySpan<byte> data)
    {
        var ranges = new SackRange[data.Length / SackBlock.Length];
        for (var index = 0; index < ranges.Length; index++)
        {
            var block = data[(index * SackBlock.Length)..];
            ranges[index] = new(block.ReadUInt32(0), block.ReadUInt32(4));
        }

        return new(ranges);
    }

    private static void Encode(TcpOptionField option, Span<byte> bytes)
    {
        bytes[0] = (byte)KindOf(option);
        if (option.Length > 1)
        {
            bytes[1] = (byte)option.Length;
        }

        switch (option)
        {
            case MaximumSegmentSizeField maximumSegmentSize:
                bytes.WriteUInt16(2, maximumSegmentSize.Value);
                break;
            case WindowScaleField windowScale:
                bytes[2] = windowScale.Shift;
                break;
            case TimestampsField timestamps:
                bytes.WriteUInt32(2, timestamps.Value);
                bytes.WriteUInt32(6, timestamps.EchoReply);
                break;
            case SackField sack:
                for (var index = 0; index < sack.Ranges.Count; index++)
                {
                    bytes.WriteUInt32(2 + (index * SackBlock.Length), sack.Ranges[index].Left);
                    bytes.WriteUInt32(6 + (index * SackBlock.Length), sack.Ranges[index].Right);
                }

                break;
        }
    }

    private static TcpOptionKind KindOf(TcpOptionField option) => option switch
    {
        NoOperationField => TcpOptionKind.NoOperation,
        MaximumSegmentSizeField => TcpOptionKind.MaximumSegmentSize,
        WindowScaleField => TcpOptionKind.WindowScale,
        SackPermittedField => TcpOptionKind.SackPermitted,
        SackField => TcpOptionKind.Sack,
        TimestampsField => TcpOptionKind.Timestamps,
        UnknownOptionField unknown => (TcpOptionKind)unknown.Kind,
        _ => TcpOptionKind.EndOfOptionList,
    };
}
