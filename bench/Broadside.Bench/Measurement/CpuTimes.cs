using System.Globalization;

namespace Broadside.Bench.Measurement;

/// <summary>What the processors have been busy with since the machine started, from /proc/stat.</summary>
/// <remarks>In ticks of 10 ms (USER_HZ is 100 on every Linux), so what is measured with it should last a second or more.</remarks>
internal sealed class CpuTimes
{
    private const double TicksPerSecond = 100;

    private readonly Dictionary<int, long> _busy;

    private CpuTimes(Dictionary<int, long> busy) => _busy = busy;

    public static CpuTimes Now() => Parse(File.ReadAllText("/proc/stat"));

    /// <summary>Reads the lines <c>cpuN user nice system idle iowait irq softirq ...</c>; busy is all of it but idle and iowait.</summary>
    public static CpuTimes Parse(string stat)
    {
        var busy = new Dictionary<int, long>();
        foreach (var line in stat.Split('\n'))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 8 || !fields[0].StartsWith("cpu", StringComparison.Ordinal) || fields[0].Length == 3)
            {
                continue;
            }

            busy[int.Parse(fields[0].AsSpan(3), CultureInfo.InvariantCulture)] =
                Field(1) + Field(2) + Field(3) + Field(6) + Field(7);

            long Field(int index) => long.Parse(fields[index], CultureInfo.InvariantCulture);
        }

        return new CpuTimes(busy);
    }

    /// <summary>Seconds for which a processor was busy since an earlier reading.</summary>
    public double BusySince(CpuTimes earlier, int processor) => (Ticks(processor) - earlier.Ticks(processor)) / TicksPerSecond;

    private long Ticks(int processor) => _busy.GetValueOrDefault(processor);
}
