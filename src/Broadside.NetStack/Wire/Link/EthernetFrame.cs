namespace Broadside.NetStack.Wire;

/// <summary>A view of an Ethernet II frame without its frame check sequence.</summary>
internal readonly ref struct EthernetFrame
{
    public const int HeaderLength = 14;

    // Smaller values are the length of an IEEE 802.3 frame.
    private const int SmallestEtherType = 0x0600;

    private readonly ReadOnlySpan<byte> _bytes;

    private EthernetFrame(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public MacAddress Destination => MacAddress.Read(_bytes);

    public MacAddress Source => MacAddress.Read(_bytes[6..]);

    public EtherType EtherType => (EtherType)_bytes.ReadUInt16(12);

    /// <summary>What the frame carries, with any padding behind it.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[HeaderLength..];

    public static bool TryParse(ReadOnlySpan<byte> bytes, out EthernetFrame frame, out PacketDefect defect)
    {
        defect = bytes.Length < HeaderLength ? PacketDefect.Truncated
            : bytes.ReadUInt16(12) < SmallestEtherType ? PacketDefect.Unsupported
            : PacketDefect.None;
        frame = defect == PacketDefect.None ? new(bytes) : default;
        return defect == PacketDefect.None;
    }
}
