using System.ComponentModel;
using System.Diagnostics;

namespace Broadside.Bench.Machine;

/// <summary>Runs short commands.</summary>
internal static class Shell
{
    /// <summary>Runs one to its end.</summary>
    /// <returns>Its output; null if it failed or there is no such program.</returns>
    public static string? Run(params IEnumerable<string> command)
    {
        var parts = command.ToArray();
        try
        {
            using var process = Process.Start(new ProcessStartInfo(parts[0], parts[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            errors.Wait();
            process.WaitForExit();
            return process.ExitCode == 0 ? output.Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
