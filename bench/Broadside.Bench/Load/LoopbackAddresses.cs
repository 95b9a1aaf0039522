namespace Broadside.Bench.Load;

/// <summary>
/// The addresses of 127.0.0.0/8 that clients connect from. Each has ports of its own, so that neither connections that stay nor those
/// that were closed a moment ago (TIME_WAIT) use them up.
/// </summary>
internal static class LoopbackAddresses
{
    // No address ends in 0 or 255, and none is 127.0.x.y, where servers listen.
    private const int PerNetwork = 250;

    /// <summary>How many there are.</summary>
    public const int Count = 250 * PerNetwork * PerNetwork;

    /// <summary>One of them, the first byte highest.</summary>
    /// <param name="index">Which; past the last they begin again.</param>
    public static uint At(int index)
    {
        var number = (uint)index % Count;
        var (network, host) = (number / PerNetwork, number % PerNetwork);
        return (127u << 24) | ((1 + (network / PerNetwork)) << 16) | ((1 + (network % PerNetwork)) << 8) | (1 + host);
    }
}
