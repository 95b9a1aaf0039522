namespace Broadside.Servers.Tests.Golden;

/// <summary>The written-down exchanges, held against the relay's protocol.</summary>
public sealed class ProtocolGoldenTests
{
    [Theory]
    [MemberData(nameof(GoldenScript.Names), MemberType = typeof(GoldenScript))]
    public void The_protocol_says_what_Redis_says(string name)
    {
        var script = GoldenScript.Named(name);
        var relay = new MiniatureRelay(script.NeedsPassword ? "secret" : null);
        var clients = new Dictionary<int, MiniatureRelay.Client>();
        foreach (var step in script.Steps)
        {
            if (!clients.TryGetValue(step.Connection, out var client))
            {
                clients.Add(step.Connection, client = relay.Connect());
            }

            switch (step.Kind)
            {
                case '>':
                    Assert.All(clients.Values, other => Assert.Equal("", GoldenScript.Escape(other.TakeOutput())));
                    relay.Execute(client, GoldenScript.Unescape(step.Text));
                    break;
                case '<':
                    var written = client.TakeOutput();
                    Assert.True(GoldenScript.Matches(step.Text, written), $"expected {step.Text}\nwritten  {GoldenScript.Escape(written)}");
                    break;
                default:
                    Assert.True(client.IsClosed);
                    client.IsClosed = false;
                    break;
            }
        }

        Assert.All(clients.Values, client => Assert.Equal("", GoldenScript.Escape(client.TakeOutput())));
        Assert.All(clients.Values, client => Assert.False(client.IsClosed));
    }
}
