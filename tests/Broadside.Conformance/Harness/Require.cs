namespace Broadside.Conformance.Harness;

/// <summary>Skips a test that cannot run here, saying why.</summary>
public static class Require
{
    /// <summary>For what a backend may lack by design.</summary>
    public static void Capability(bool present, string reason) => Assert.SkipUnless(present, reason);

    /// <summary>For what the machine should offer: fails instead of skipping when BROADSIDE_REQUIRE_ALL is 1.</summary>
    public static void Environment(bool present, string reason)
    {
        if (!present && System.Environment.GetEnvironmentVariable("BROADSIDE_REQUIRE_ALL") == "1")
        {
            Assert.Fail(reason);
        }

        Assert.SkipUnless(present, reason);
    }
}
