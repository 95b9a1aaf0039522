using Microsoft.Win32.SafeHandles;

namespace Broadside.NetStack.Devices.Interop;

/// <summary>Memory mapped from a descriptor or from nothing, page-aligned, which does not move until it is disposed.</summary>
internal sealed unsafe class MappedMemory : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly nuint _length;

    private MappedMemory(byte* pointer, nuint length)
        : base(true)
    {
        _length = length;
        SetHandle((nint)pointer);
    }

    public byte* Pointer => (byte*)handle;

    /// <summary>Memory of this process alone, which takes a page when that is first touched.</summary>
    /// <exception cref="DeviceFailedException">There is none.</exception>
    public static MappedMemory Allocate(nuint length) =>
        TryMap(length, SystemCalls.MapPrivate | SystemCalls.MapAnonymous, -1, 0, out var memory) is 0
            ? memory!
            : throw new DeviceFailedException($"There is no memory for the {length:N0} bytes of a device's buffers.");

    /// <summary>Memory shared with the kernel.</summary>
    /// <returns>A negative error number where it fails.</returns>
    public static int TryMapShared(Descriptor file, nuint length, long offset, out MappedMemory? memory) =>
        TryMap(length, SystemCalls.MapShared | SystemCalls.MapPopulate, file.Number, offset, out memory);

    protected override bool ReleaseHandle() => SystemCalls.Unmap((byte*)handle, _length) == 0;

    private static int TryMap(nuint length, int flags, int file, long offset, out MappedMemory? memory)
    {
        var outcome = SystemCalls.Map(length, flags, file, offset, out var pointer);
        memory = outcome == 0 ? new MappedMemory(pointer, length) : null;
        return outcome;
    }
}
