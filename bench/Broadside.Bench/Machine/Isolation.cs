using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Broadside.Bench.Machine;

/// <summary>
/// Runs the harness once more, inside namespaces of its own for network and processes: whatever it starts there goes with it, however it
/// ends, and nothing of the machine's own settings is touched.
/// </summary>
internal static class Isolation
{
    private static readonly string[] Unshare = ["--net", "--pid", "--fork", "--kill-child", "--mount-proc"];

    /// <summary>Whether the kernel grants it: that takes privilege, and the package util-linux.</summary>
    public static bool IsPossible => Shell.Run(["unshare", .. Unshare, "true"]) is not null;

    /// <summary>Runs the harness with other arguments inside, to its end.</summary>
    /// <remarks>What is inside ends when its standard input does: when this process is told to stop, or is killed.</remarks>
    /// <returns>Its exit code.</returns>
    public static async Task<int> RunAsync(IEnumerable<string> arguments)
    {
        var command = new ProcessStartInfo("unshare", [.. Unshare, Environment.ProcessPath!, .. arguments]) { RedirectStandardInput = true };
        using var inside = Process.Start(command)!;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await inside.WaitForExitAsync();
        return inside.ExitCode;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            inside.StandardInput.Close();
        }
    }
}
