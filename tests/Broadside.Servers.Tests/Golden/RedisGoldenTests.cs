namespace Broadside.Servers.Tests.Golden;

/// <summary>The written-down exchanges, held against a real Redis: they cannot drift from what it does.</summary>
public sealed class RedisGoldenTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Theory]
    [MemberData(nameof(GoldenScript.Names), MemberType = typeof(GoldenScript))]
    public void Redis_says_what_is_written_down(string name)
    {
        var script = GoldenScript.Named(name);
        var connections = new Dictionary<int, RawConnection>();
        using var control = redis.Connect();
        SetPassword(control, script.NeedsPassword ? "secret" : "");
        try
        {
            Replay(script, connections);
        }
        finally
        {
            SetPassword(control, "");
            foreach (var connection in connections.Values)
            {
                connection.Dispose();
            }
        }
    }

    private void Replay(GoldenScript script, Dictionary<int, RawConnection> connections)
    {
        var closed = new HashSet<int>();
        foreach (var step in script.Steps)
        {
            if (!connections.TryGetValue(step.Connection, out var connection))
            {
                connections.Add(step.Connection, connection = redis.Connect());
            }

            switch (step.Kind)
            {
                case '>':
                    connection.Send(GoldenScript.Unescape(step.Text));
                    break;
                case '<':
                    var received = connection.Receive(bytes => Measure(step.Text, bytes));
                    Assert.True(GoldenScript.Matches(step.Text, received), $"expected {step.Text}\nreceived {GoldenScript.Escape(received)}");
                    break;
                default:
                    Assert.Empty(connection.ReceiveToEnd());
                    closed.Add(step.Connection);
                    break;
            }
        }

        foreach (var (number, connection) in connections)
        {
            if (!closed.Contains(number))
            {
                connection.EndSending();
                Assert.Equal("", GoldenScript.Escape(connection.ReceiveToEnd()));
            }
        }
    }

    private static int Measure(string expected, byte[] bytes)
    {
        for (var length = 0; length <= bytes.Length; length++)
        {
            if (GoldenScript.Matches(expected, bytes[..length]))
            {
                return length;
            }
        }

        return -1;
    }

    private static void SetPassword(RawConnection control, string password)
    {
        control.Send(System.Text.Encoding.ASCII.GetBytes($"CONFIG SET requirepass \"{password}\"\r\n"));
        Assert.Equal("+OK\\r\\n", GoldenScript.Escape(control.Receive(bytes => bytes.Length >= 5 ? 5 : -1)));
    }
}
