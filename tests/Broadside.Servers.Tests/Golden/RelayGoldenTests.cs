using Broadside.Relay;
using Broadside.Servers.Tests.Relay;

namespace Broadside.Servers.Tests.Golden;

/// <summary>The written-down exchanges, held against the running relay.</summary>
public sealed class RelayGoldenTests
{
    [Theory]
    [MemberData(nameof(GoldenScript.Names), MemberType = typeof(GoldenScript))]
    public async Task The_relay_says_what_Redis_says(string name)
    {
        var script = GoldenScript.Named(name);
        await using var relay = await RunningRelay.StartAsync(new RelayOptions { Password = script.NeedsPassword ? "secret" : null });
        GoldenReplay.Run(script, relay.Connect);
    }
}
