using System.Runtime.InteropServices;

namespace Broadside.Conformance.Harness;

/// <summary>The process's descriptors: how many there are and may be.</summary>
public static partial class Descriptors
{
    // RLIMIT_NOFILE on Linux (getrlimit(2)).
    private const int LimitOfDescriptors = 7;

    /// <summary>How many are open; 0 where the system does not tell.</summary>
    public static int Count() => Links().Count();

    /// <summary>How many are sockets, rings, event queues or such: not files, which the runtime opens as it goes.</summary>
    public static int CountOfTransport() => Links().Count(link => link.StartsWith("socket:", StringComparison.Ordinal) || link.StartsWith("anon_inode:", StringComparison.Ordinal));

    /// <summary>Limits their number; the previous limit comes back when the result is disposed. Null where that cannot be done.</summary>
    public static IDisposable? Limit(int count)
    {
        if (!OperatingSystem.IsLinux() || GetLimit(LimitOfDescriptors, out var previous) != 0)
        {
            return null;
        }

        var lowered = previous with { Current = (ulong)count };
        return SetLimit(LimitOfDescriptors, lowered) == 0 ? new Restore(previous) : null;
    }

    private static IEnumerable<string> Links()
    {
        // The descriptor with which the directory itself is read is gone by the time its link is.
        return OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries("/proc/self/fd").Select(path => new FileInfo(path).LinkTarget).OfType<string>() : [];
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in ResourceLimit limit);

    private record struct ResourceLimit(ulong Current, ulong Maximum);

    private sealed class Restore(ResourceLimit limit) : IDisposable
    {
        public void Dispose() => Assert.Equal(0, SetLimit(LimitOfDescriptors, limit));
    }
}
