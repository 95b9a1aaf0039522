using System.Runtime.InteropServices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>What the calling thread may do (capabilities(7)); threads started afterwards may do no more.</summary>
internal static unsafe partial class Capabilities
{
    private const uint Version3 = 0x2008_0522;

    /// <summary>Gives all of them up.</summary>
    public static void DropAll()
    {
        var header = stackalloc uint[2] { Version3, 0 };
        var none = stackalloc uint[6];
        new Span<uint>(none, 6).Clear();
        Assert.Equal(0, Set(header, none));
    }

    [LibraryImport("libc", EntryPoint = "capset")]
    private static partial int Set(uint* header, uint* data);
}
