using Broadside.Bench.Measurement;

namespace Broadside.Bench.Tests;

public sealed class CpuTimesTests
{
    //                                   user nice system idle iowait irq softirq steal guest guest_nice
    private const string Before = """
        cpu  1000 20 300 9000 50 6 70 8 0 0
        cpu0 500 10 150 4500 25 3 35 4 0 0
        cpu1 500 10 150 4500 25 3 35 4 0 0
        intr 12345 0 0
        ctxt 99
        """;

    private const string After = """
        cpu  1000 20 300 9000 50 6 70 8 0 0
        cpu0 540 11 170 4600 30 5 62 9 0 0
        cpu1 500 10 150 4700 90 3 35 4 0 0
        intr 12345 0 0
        """;

    [Fact]
    public void Busy_is_user_nice_system_irq_and_softirq_of_that_processor()
    {
        var busy = CpuTimes.Parse(After).BusySince(CpuTimes.Parse(Before), 0);

        Assert.Equal((40 + 1 + 20 + 2 + 27) / 100.0, busy, 9);
    }

    [Fact]
    public void Idle_and_waiting_are_not_busy() =>
        Assert.Equal(0, CpuTimes.Parse(After).BusySince(CpuTimes.Parse(Before), 1));

    [Fact]
    public void The_machine_has_them()
    {
        var before = CpuTimes.Now();
        var until = Environment.TickCount64 + 300;
        while (Environment.TickCount64 < until)
        {
            // Busy on purpose.
        }

        var after = CpuTimes.Now();
        Assert.True(Enumerable.Range(0, Environment.ProcessorCount).Sum(processor => after.BusySince(before, processor)) > 0.1);
    }
}
