using System.Runtime.InteropServices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>What the calling thread may do (capabilities(7)); threads started afterwards may do no more.</summary>
internal static unsafe partial class Capabilities
{
    public const int NetRaw = 13;
    public const int LockMemory = 14;
    public const int SystemResource = 24;

    private const uint Version3 = 0x2008_0522;

    public static bool Has(int capability)
    {
        const string Field = "CapEff:";
        var line = File.ReadLines("/proc/thread-self/status").Single(line => line.StartsWith(Field, StringComparison.Ordinal));
        return (Convert.ToUInt64(line[Field.Length..].Trim(), 16) >> capability & 1) != 0;
    }

    /// <summary>Gives all of them up.</summary>
    public static void DropAll() => KeepOnly();

    /// <summary>Gives all others up.</summary>
    public static void KeepOnly(params ReadOnlySpan<int> capabilities)
    {
        // Twice the sets effective, permitted and inheritable, of which the second has the capabilities from 32 on.
        var header = stackalloc uint[2] { Version3, 0 };
        var sets = stackalloc uint[6];
        new Span<uint>(sets, 6).Clear();
        foreach (var capability in capabilities)
        {
            sets[0] |= 1u << capability;
            sets[1] |= 1u << capability;
        }

        Assert.Equal(0, Set(header, sets));
    }

    [LibraryImport("libc", EntryPoint = "capset")]
    private static partial int Set(uint* header, uint* data);
}
