using Broadside.Bench.Machine;

namespace Broadside.Bench.Tests;

public sealed class DescriptorLimitTests
{
    [Theory]
    [InlineData("1024                 20000                files", 20_000)]
    [InlineData("1024                 unlimited            files", int.MaxValue)]
    public void The_hard_limit_counts(string line, int limit) => Assert.Equal(
        limit,
        DescriptorLimit.Parse($"Limit                     Soft Limit           Hard Limit           Units\nMax open files            {line}\nMax locked memory         1 2 bytes\n"));
}
