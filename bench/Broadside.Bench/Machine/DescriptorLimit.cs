using System.Globalization;

namespace Broadside.Bench.Machine;

/// <summary>How many descriptors a process may have: a connection is one, unless the server knows better.</summary>
internal static class DescriptorLimit
{
    private const int Wanted = 262_144;

    /// <summary>What raises the limit for a command, where that is granted; else nothing.</summary>
    public static string[] Raise { get; } = Shell.Run([.. Command, "true"]) is null ? [] : Command;

    /// <summary>The limit of what the harness starts.</summary>
    public static int Value { get; } = Raise.Length > 0 ? Wanted : Parse(File.ReadAllText("/proc/self/limits"));

    private static string[] Command => ["prlimit", $"--nofile={Wanted}:{Wanted}"];

    /// <summary>Reads the line <c>Max open files SOFT HARD files</c>; the runtime raises its own to the hard one.</summary>
    public static int Parse(string limits)
    {
        var fields = limits.Split('\n').Single(static line => line.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields[4] == "unlimited" ? int.MaxValue : (int)Math.Min(int.MaxValue, long.Parse(fields[4], CultureInfo.InvariantCulture));
    }
}
