namespace Broadside.Servers.Tests;

/// <summary>What a test needs of the machine. Where it is missing the test is skipped, or fails where everything is required.</summary>
internal static class Requirement
{
    private const string RequireAll = "BROADSIDE_REQUIRE_ALL";

    /// <summary>Ends the test if <paramref name="reason"/> tells of something missing.</summary>
    public static void IsMet(string? reason)
    {
        if (reason is null)
        {
            return;
        }

        Assert.False(Environment.GetEnvironmentVariable(RequireAll) == "1", $"{reason} (and {RequireAll} is 1)");
        Assert.Skip(reason);
    }

    /// <summary>Skips a test of what code allocates, unless it is compiled as it is shipped.</summary>
    public static void IsOptimised()
    {
#if DEBUG
        Assert.Skip("Only optimised code is held to it.");
#endif
    }

    /// <summary>Finds a program on PATH.</summary>
    public static string? FindProgram(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, name))
            .FirstOrDefault(File.Exists);
}
