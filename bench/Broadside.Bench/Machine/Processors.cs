namespace Broadside.Bench.Machine;

/// <summary>Which processor does what.</summary>
internal static class Processors
{
    public const int Server = 0;

    /// <summary>The load's; the server's as well where there is no other.</summary>
    public static int Load { get; } = CountOnline() > 1 ? 1 : 0;

    // The process may itself be pinned, and then Environment.ProcessorCount counts less.
    private static int CountOnline() => File.ReadLines("/proc/stat").Count(static line => line.StartsWith("cpu", StringComparison.Ordinal)) - 1;
}
