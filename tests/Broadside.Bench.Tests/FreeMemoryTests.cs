using Broadside.Bench.Measurement;

namespace Broadside.Bench.Tests;

public sealed class FreeMemoryTests
{
    private const string Meminfo = """
        MemTotal:       24684028 kB
        MemFree:           {0} kB
        MemAvailable:   23000000 kB
        """;

    private const string Zoneinfo = """
        Node 0, zone      DMA
          pages free     3840
            min      48
          pagesets
            cpu: 0
                      count:    {0}
                      high:     0
          vm stats threshold: 4
            cpu: 1
                      count:    7
                      high:     0
        Node 0, zone   Normal
          pages free     512
          pagesets
            cpu: 0
                      count:    200
                      high:     1000
        """;

    [Fact]
    public void Pages_in_the_processors_lists_are_free() =>
        Assert.Equal((1000 * 1024) + ((5 + 7 + 200) * 4096), Free(1000, 5));

    [Fact]
    public void A_page_that_moves_to_a_processors_list_is_no_growth() =>
        Assert.Equal(Free(1000, 5), Free(996, 6));

    [Fact]
    public void The_machine_tells_it() => Assert.InRange(FreeMemory.Now(), 1, long.MaxValue);

    private static long Free(int kilobytes, int pages) =>
        FreeMemory.Parse(string.Format(null, Meminfo, kilobytes), string.Format(null, Zoneinfo, pages), 4096);
}
