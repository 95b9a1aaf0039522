using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tests.Tcp.Harness;

namespace Broadside.NetStack.Tests.Faults;

/// <summary>Two whole stacks, a wire between them, and whoever else sends packets to the server; in virtual time.</summary>
internal sealed class FaultWorld : IDisposable
{
    private readonly PriorityQueue<(byte[] Packet, StackHost To), (TimeSpan, long)> _wire = new();
    private long _order;

    public FaultWorld(
        TcpSettings? server = null,
        TcpSettings? client = null,
        TimeSpan? start = null,
        int arenaBlocks = 64,
        Func<NetworkOptions, NetworkOptions>? serverNetwork = null)
    {
        Now = start ?? TimeSpan.FromSeconds(1000);
        Client = new(1, client ?? new(), Now, 64);
        Server = new(2, server ?? new(), Now, arenaBlocks, serverNetwork);
    }

    public TimeSpan Now { get; private set; }

    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(5);

    public StackHost Client { get; }

    public StackHost Server { get; }

    /// <summary>Sees each packet between the two before it travels; false loses it.</summary>
    public Func<byte[], bool> Carries { get; set; } = _ => true;

    /// <summary>What was sent to neither of the two.</summary>
    public List<byte[]> ToStrangers { get; } = [];

    public (TestUser Client, TestUser Server) Connect(TestAcceptor acceptor, ushort port = 80, ushort localPort = 0, bool isIPv6 = false)
    {
        var before = acceptor.Accepted.Count;
        NetworkAddress remote = isIPv6 ? Server.Address6 : Server.Address;
        Assert.Equal(OpenResult.Opened, Client.TryConnect(remote, port, Now, out var user, localPort));
        Run(() => acceptor.Accepted.Count > before && user.Seen.HasFlag(TcpEvents.Established), "the connection to be established");
        return (user, acceptor.Accepted[^1]);
    }

    /// <summary>Sends bytes both ways and sees them arrive whole.</summary>
    public void Exchange(TestUser client, TestUser server, int length, TimeSpan? limit = null)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        client.Received.SetLength(0);
        server.Received.SetLength(0);
        client.Send(bytes);
        server.Send(bytes);
        Run(
            () => client.Received.Length >= length && server.Received.Length >= length && client.Unreleased + server.Unreleased == 0,
            "the bytes to arrive",
            limit);
        Assert.True(client.Received.ToArray().AsSpan().SequenceEqual(bytes) && server.Received.ToArray().AsSpan().SequenceEqual(bytes));
    }

    public void Run(Func<bool> condition, string what, TimeSpan? limit = null)
    {
        var end = Now + (limit ?? TimeSpan.FromMinutes(30));
        do
        {
            Settle();
            if (condition())
            {
                return;
            }
        }
        while (Step(end));
        Assert.True(condition(), $"Waited in vain for {what}; the clock is at {Now}.");
    }

    public void RunFor(TimeSpan span)
    {
        var end = Now + span;
        while (Step(end))
        {
        }

        Now = end;
    }

    /// <summary>The server receives a packet of somebody's, and does what follows at once.</summary>
    public void Inject(ReadOnlySpan<byte> packet)
    {
        Server.Receive(packet, Now);
        Settle();
    }

    /// <summary>Both do what is to be done now, and what they send is under way.</summary>
    public void Settle()
    {
        do
        {
            Server.Poll(Now);
            Client.Poll(Now);
        }
        while (Server.Tcp.HasEvents || Client.Tcp.HasEvents);
        Collect(Server, Client);
        Collect(Client, Server);
    }

    /// <summary>Resets what is left of connections; after the last, all memory must be back.</summary>
    public void Close(params ReadOnlySpan<TestUser> users)
    {
        foreach (var user in users)
        {
            user.Connection.Abort(Now);
        }

        RunFor(TimeSpan.FromMinutes(5));
        if (Client.Tcp.ConnectionCount + Server.Tcp.ConnectionCount == 0)
        {
            Dispose();
            Assert.Empty(Client.Arena.Outstanding());
            Assert.Empty(Server.Arena.Outstanding());
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }

    private void Collect(StackHost from, StackHost to)
    {
        foreach (var packet in from.Device.Sent)
        {
            if (!IsFor(packet, to))
            {
                ToStrangers.Add(packet);
            }
            else if (Carries(packet))
            {
                _wire.Enqueue((packet, to), (Now + Delay, _order++));
            }
        }

        from.Device.Sent.Clear();
    }

    private static bool IsFor(byte[] packet, StackHost host) => packet[0] >> 4 == 4
        ? packet.AsSpan(16, 4).SequenceEqual(host.Address.ToIPAddress().GetAddressBytes())
        : packet.AsSpan(24, 16).SequenceEqual(host.Address6.ToIPAddress().GetAddressBytes());

    private bool Step(TimeSpan end)
    {
        Settle();
        var next = _wire.TryPeek(out _, out var arrival) ? arrival.Item1 : TimeSpan.MaxValue;
        next = Client.NextDeadline < next ? Client.NextDeadline : next;
        next = Server.NextDeadline < next ? Server.NextDeadline : next;
        if (next > end)
        {
            return false;
        }

        Now = next > Now ? next : Now;
        while (_wire.TryPeek(out var travelling, out arrival) && arrival.Item1 <= Now)
        {
            _wire.Dequeue();
            travelling.To.Receive(travelling.Packet, Now);
        }

        return true;
    }
}
