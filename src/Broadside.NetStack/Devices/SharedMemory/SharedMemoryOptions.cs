namespace Broadside.NetStack.Devices;

/// <summary>How a wire in shared memory is made. Who joins one takes it as it is.</summary>
internal sealed record SharedMemoryOptions
{
    /// <summary>The longest IP packet, in bytes.</summary>
    public int MaximumTransmissionUnit { get; init; } = 1500;

    /// <summary>How many packets may be under way in each direction: a power of two.</summary>
    public int SlotCount { get; init; } = 1024;

    /// <summary>Who may join; the process's umask takes from it.</summary>
    public UnixFileMode FileMode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumTransmissionUnit, WireGeometry.SmallestUnit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaximumTransmissionUnit, WireGeometry.LargestUnit);
        ArgumentOutOfRangeException.ThrowIfLessThan(SlotCount, WireGeometry.FewestSlots);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SlotCount, WireGeometry.MostSlots);
        if (!int.IsPow2(SlotCount))
        {
            throw new ArgumentOutOfRangeException(nameof(SlotCount), SlotCount, "A ring has a power of two slots.");
        }
    }
}
