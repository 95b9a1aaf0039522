namespace Broadside.Servers.Tests.Relay;

/// <summary>Waits for what other threads bring about, with a deadline.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static void True(Func<bool> condition, string? because = null) => Assert.True(SpinWait.SpinUntil(condition, Deadline), because);
}
