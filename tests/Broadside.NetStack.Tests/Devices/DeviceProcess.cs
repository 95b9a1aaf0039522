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
    public static Process Start(NetworkNamespace space, string device)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(DeviceProcess).Assembly.Location]) { RedirectStandardOutput = true };
        start.Environment[Variable] = device;
        var process = space.Run(() => Process.Start(start)!);
        Assert.Equal(Ready, process.StandardOutput.ReadLine());
        return process;
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public static void KillAtOnce(Process process)
    {
        process.Kill();
        process.WaitForExit();
    }

#pragma warning disable CA2255 // Before the test runner's own entry point, which this program has none beside.
    [ModuleInitializer]
    public static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } device)
        {
            return;
        }

        using var opened = DeviceAddress.Parse(device).Open();
        Console.WriteLine(Ready);
        Thread.Sleep(Timeout.Infinite);
    }
#pragma warning restore CA2255
}
