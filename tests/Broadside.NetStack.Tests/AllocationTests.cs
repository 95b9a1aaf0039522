namespace Broadside.NetStack.Tests;

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

        // Now and then the unused rest of the thread's allocation context is counted; what the action allocates is counted each time.
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 5 && least > 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < 100; round++)
            {
                action();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
