using System.Globalization;

namespace Broadside.Bench.Measurement;

/// <summary>Physical memory that nothing uses: MemFree, and the free pages each processor keeps in lists of its own.</summary>
/// <remarks>MemFree alone misses the latter, and what a socket frees or takes goes through them first.</remarks>
internal static class FreeMemory
{
    public static long Now() => Parse(File.ReadAllText("/proc/meminfo"), File.ReadAllText("/proc/zoneinfo"), Environment.SystemPageSize);

    /// <summary>In bytes.</summary>
    public static long Parse(string meminfo, string zoneinfo, int pageSize) => (MemFree(meminfo) * 1024) + (PerProcessorPages(zoneinfo) * pageSize);

    private static long MemFree(string meminfo) => Values(meminfo, "MemFree:").Single();

    // Under "pagesets", each processor has a line "count: N"; no other line of the file begins so.
    private static long PerProcessorPages(string zoneinfo) => Values(zoneinfo, "count:").Sum();

    private static IEnumerable<long> Values(string text, string name) =>
        from line in text.Split('\n')
        let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where fields.Length > 1 && fields[0] == name
        select long.Parse(fields[1], CultureInfo.InvariantCulture);
}
