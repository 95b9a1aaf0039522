namespace Broadside.NetStack.Tests.Wire;

/// <summary>Changes packets where it hurts: mostly in their headers, and to the values that lie at limits.</summary>
internal sealed class PacketMutator(Random random, IReadOnlyList<byte[]> corpus)
{
    private const int HeaderBytes = 120;

    private static readonly byte[] Limits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 0x0F, 0x10, 0x45, 0x4F, 0x60, 0x7F, 0x80, 0xFE, 0xFF, 17, 43, 44, 58, 59];

    /// <summary>Writes a packet and returns its length.</summary>
    public int Next(Span<byte> packet)
    {
        var original = corpus[random.Next(corpus.Count)];
        original.CopyTo(packet);
        var length = original.Length;
        for (var mutations = random.Next(1, 5); mutations > 0 && length > 0; mutations--)
        {
            length = Mutate(packet, length);
        }

        return length;
    }

    private int Mutate(Span<byte> packet, int length)
    {
        var at = random.Next(random.Next(8) == 0 ? length : Math.Min(length, HeaderBytes));
        switch (random.Next(8))
        {
            case 0 or 1:
                packet[at] ^= (byte)(1 << random.Next(8));
                return length;
            case 2 or 3:
                packet[at] = Limits[random.Next(Limits.Length)];
                return length;
            case 4:
                packet[at] = (byte)random.Next(256);
                return length;
            case 5:
                return random.Next(4) == 0 ? at : length;
            case 6:
                // As if a header had been put in: what follows moves on.
                var inserted = 8 * random.Next(1, 4);
                packet[at..length].CopyTo(packet[(at + inserted)..]);
                return length + inserted;
            default:
                var other = corpus[random.Next(corpus.Count)];
                var from = random.Next(other.Length);
                var count = Math.Min(random.Next(1, 40), Math.Min(other.Length - from, length - at));
                other.AsSpan(from, count).CopyTo(packet[at..]);
                return length;
        }
    }
}
