using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Broadside.NetStack.Devices.Interop;

/// <summary>A file descriptor that is closed once, whatever becomes of its owner.</summary>
internal sealed class Descriptor : SafeHandleMinusOneIsInvalid
{
    public Descriptor(int number)
        : base(true)
    {
        Debug.Assert(number >= 0);
        SetHandle(number);
    }

    public int Number => (int)handle;

    protected override bool ReleaseHandle() => SystemCalls.Close((int)handle) == 0;
}
