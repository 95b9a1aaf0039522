namespace Broadside.Tests;

/// <summary>Tests that count allocated bytes run alone, so that no other test's work is taken for theirs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AllocationTests
{
    public const string Name = "Allocation";

    /// <summary>Asserts that <paramref name="action"/> allocates nothing once warm.</summary>
    public static void AssertNone(Action action)
    {
#if DEBUG
        Assert.Skip("Only optimised code is free of allocations.");
#endif
        for (var round = 0; round < 200; round++)
        {
            action();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            action();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
