using System.Diagnostics;
using System.Runtime.CompilerServices;
using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>This program run again, to open a device and hold it until it is killed.</summary>
internal static class DeviceProcess
{
    private const string Variable = "BROADSIDE_TEST_DEVICE";
    private const string Ready = "ready";

    /// <summary>Starts it in a namespace; returns when the device is open.</summary>
    /// <param name="space">The namespace.</param>
    /// <param name="device">The device.</param>
    /// <param name="restriction">A program that takes rights away and then runs the one that its further arguments name.</param>
    public static Process Start(NetworkNamespace space, string device, params string[] restriction)
    {
        var (process, outcome) = Run(space, device, restriction);
        Assert.Equal(Ready, outcome);
        return process;
    }

    /// <summary>Starts it where it cannot open the device.</summary>
    /// <returns>What it says.</returns>
    public static string Fail(NetworkNamespace space, string device, params string[] restriction)
    {
        var (process, outcome) = Run(space, device, restriction);
        using (process)
        {
            process.WaitForExit();
        }

        return outcome ?? "";
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public static void KillAtOnce(Process process)
    {
        process.Kill();
        process.WaitForExit();
    }

    private static (Process Process, string? Outcome) Run(NetworkNamespace space, string device, string[] restriction)
    {
        string[] command = [.. restriction, "dotnet", "exec", typeof(DeviceProcess).Assembly.Location];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true };
        start.Environment[Variable] = device;
        var process = space.Run(() => Process.Start(start)!);
        return (process, process.StandardOutput.ReadLine());
    }

#pragma warning disable CA2255 // Before the test runner's own entry point, which this program has none beside.
    [ModuleInitializer]
    public static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } device)
        {
            return;
        }

        try
        {
            using var opened = DeviceAddress.Parse(device).Open();
            Console.WriteLine(Ready);
            Thread.Sleep(Timeout.Infinite);
        }
        catch (DeviceFailedException exception)
        {
            Console.WriteLine(exception.Message);
            Environment.Exit(1);
        }
    }
#pragma warning restore CA2255
}
