namespace Broadside.Servers.Tests.Golden;

/// <summary>The written-down exchanges, held against a real Redis: they cannot drift from what it does.</summary>
public sealed class RedisGoldenTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Theory]
    [MemberData(nameof(GoldenScript.Names), MemberType = typeof(GoldenScript))]
    public void Redis_says_what_is_written_down(string name)
    {
        var script = GoldenScript.Named(name);
        using var control = redis.Connect();
        SetPassword(control, script.NeedsPassword ? "secret" : "");
        try
        {
            GoldenReplay.Run(script, redis.Connect);
        }
        finally
        {
            SetPassword(control, "");
        }
    }

    private static void SetPassword(RawConnection control, string password)
    {
        control.Send(System.Text.Encoding.ASCII.GetBytes($"CONFIG SET requirepass \"{password}\"\r\n"));
        Assert.Equal("+OK\\r\\n", GoldenScript.Escape(control.Receive(bytes => bytes.Length >= 5 ? 5 : -1)));
    }
}
