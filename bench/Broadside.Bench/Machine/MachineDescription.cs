using System.Runtime.InteropServices;

namespace Broadside.Bench.Machine;

/// <summary>What a figure is worth nothing without.</summary>
internal sealed record MachineDescription(int Processors, string Processor, string System, string Runtime, string Date)
{
    public static MachineDescription Current { get; } = new(
        File.ReadLines("/proc/cpuinfo").Count(static line => line.StartsWith("processor", StringComparison.Ordinal)),
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[1] ?? RuntimeInformation.ProcessArchitecture.ToString(),
        "Linux " + File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        RuntimeInformation.FrameworkDescription,
        DateTime.UtcNow.ToString("yyyy-MM-dd", null));

    public override string ToString() => $"{Processors} × {Processor}, {System}, {Runtime}, {Date}";
}
