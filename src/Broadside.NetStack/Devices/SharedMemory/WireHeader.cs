using System.Runtime.InteropServices;

namespace Broadside.NetStack.Devices;

/// <summary>
/// What a wire's memory begins with, so that both sides mean the same by it. In the machine's byte order: nobody else reads it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WireHeader
{
    public const uint CurrentVersion = 1;

    /// <summary>"Broadshm", which no version changes.</summary>
    private const ulong ExpectedMagic = 0x6D68_7364_616F_7242;

    private ulong _magic;
    private uint _version;
    private uint _features;
    private long _length;
    private int _maximumTransmissionUnit;
    private int _slotCount;
    private int _slotLength;

    public readonly bool HasMagic => _magic == ExpectedMagic;

    public readonly WireGeometry Geometry => new(_maximumTransmissionUnit, _slotCount);

    public static WireHeader Of(WireGeometry geometry) => new()
    {
        _magic = ExpectedMagic,
        _version = CurrentVersion,
        _length = geometry.Length,
        _maximumTransmissionUnit = geometry.MaximumTransmissionUnit,
        _slotCount = geometry.SlotCount,
        _slotLength = geometry.SlotLength,
    };

    /// <summary>A copy: what is checked must not change afterwards.</summary>
    public static WireHeader Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<WireHeader>(bytes);

    public readonly void Write(Span<byte> bytes) => MemoryMarshal.Write(bytes, this);

    /// <summary>Why a file of this length is no wire that this version can join; null if it is one.</summary>
    public readonly string? Defect(long fileLength)
    {
        if (!HasMagic)
        {
            return "it is no Broadside wire";
        }

        if (_version != CurrentVersion || _features != 0)
        {
            return $"its version is {_version} with features 0x{_features:x}, this one's {CurrentVersion}: "
                + "run the same version at both ends";
        }

        // Each is within bounds before anything is computed of it.
        var isPlausible = _maximumTransmissionUnit is >= WireGeometry.SmallestUnit and <= WireGeometry.LargestUnit
            && _slotCount is >= WireGeometry.FewestSlots and <= WireGeometry.MostSlots
            && int.IsPow2(_slotCount)
            && _slotLength == Geometry.SlotLength
            && _length == Geometry.Length;
        return !isPlausible
            ? $"its header is damaged: MTU {_maximumTransmissionUnit}, {_slotCount} slots of {_slotLength} bytes, length {_length}"
            : fileLength < _length ? $"its header says {_length} bytes, but it has {fileLength}"
            : null;
    }
}
