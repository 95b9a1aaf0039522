namespace Broadside.Servers.Tests.Golden;

/// <summary>Replays a written-down exchange with a server over sockets.</summary>
internal static class GoldenReplay
{
    public static void Run(GoldenScript script, Func<RawConnection> connect)
    {
        var connections = new Dictionary<int, RawConnection>();
        try
        {
            Replay(script, connections, connect);
        }
        finally
        {
            foreach (var connection in connections.Values)
            {
                connection.Dispose();
            }
        }
    }

    private static void Replay(GoldenScript script, Dictionary<int, RawConnection> connections, Func<RawConnection> connect)
    {
        var closed = new HashSet<int>();
        foreach (var step in script.Steps)
        {
            if (!connections.TryGetValue(step.Connection, out var connection))
            {
                connections.Add(step.Connection, connection = connect());
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
}
