namespace Broadside.NetStack.Devices;

/// <summary>
/// Where everything lies in a wire's memory: a page with the header and what each side tells, then two rings of slots. Words that
/// different processors write are two cache lines apart, as processors fetch lines in pairs.
/// </summary>
internal readonly record struct WireGeometry(int MaximumTransmissionUnit, int SlotCount)
{
    public const int SmallestUnit = 68;
    public const int LargestUnit = ushort.MaxValue;
    public const int FewestSlots = 4;
    public const int MostSlots = 1 << 16;
    public const int HeaderLength = 4096;

    private const int SideLength = 1024;
    private const int CacheLine = 64;

    /// <summary>A packet's length goes before it.</summary>
    public int SlotLength => (sizeof(int) + MaximumTransmissionUnit + CacheLine - 1) / CacheLine * CacheLine;

    public long Length => HeaderLength + (2 * RingLength);

    private long RingLength => (long)SlotCount * SlotLength;

    /// <summary>Where a side's own words are.</summary>
    public static int SideOffset(WireRole role) => SideLength * (1 + (int)role);

    /// <summary>Where the ring is that a side fills.</summary>
    public long RingOffset(WireRole role) => HeaderLength + ((int)role * RingLength);
}

/// <summary>Which end of a wire one is: the first to come is A.</summary>
internal enum WireRole
{
    A,
    B,
}

internal static class WireRoles
{
    extension(WireRole role)
    {
        public WireRole Other => role == WireRole.A ? WireRole.B : WireRole.A;
    }
}
