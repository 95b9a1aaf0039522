using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tests.Tcp.Harness;

/// <summary>Two hosts' TCP and a wire between them, in virtual time.</summary>
internal sealed class TcpWorld : IDisposable
{
    private readonly PriorityQueue<(TestPacket Packet, TcpHost To), (TimeSpan, long)> _wire = new();
    private long _order;

    public TcpWorld(TcpSettings? client = null, TcpSettings? server = null, int maximumTransmissionUnit = 1500)
    {
        Client = new TcpHost(this, new IPv4Address(0x0A000001), client ?? new(), maximumTransmissionUnit, 1);
        Server = new TcpHost(this, new IPv4Address(0x0A000002), server ?? new(), maximumTransmissionUnit, 2);
    }

    public Arena Arena { get; } = new(new ArenaOptions { Diagnostics = true });

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(1000);

    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(5);

    public TcpHost Client { get; }

    public TcpHost Server { get; }

    /// <summary>Sees each packet before it travels; false loses it.</summary>
    public Func<TestPacket, bool> Carries { get; set; } = _ => true;

    /// <summary>What has travelled, lost or not.</summary>
    public List<TestPacket> Log { get; } = [];

    public (TestUser Client, TestUser Server) Connect(TcpConnectionOptions? client = null, TcpConnectionOptions? server = null)
    {
        var acceptor = Server.Listen(80, server);
        var user = Client.Connect(Server, 80, client);
        Run(() => acceptor.Accepted.Count > 0 && user.Seen.HasFlag(TcpEvents.Established), "the connection to be established");
        return (user, acceptor.Accepted[0]);
    }

    /// <summary>Lets time pass until a condition holds, and no longer.</summary>
    public void Run(Func<bool> condition, string what, TimeSpan? limit = null)
    {
        var end = Now + (limit ?? TimeSpan.FromMinutes(30));
        do
        {
            Poll();
            if (condition())
            {
                return;
            }
        }
        while (TryAdvance(end));

        Assert.Fail($"Waited in vain for {what}; the clock is at {Now}.");
    }

    public void RunFor(TimeSpan span)
    {
        var end = Now + span;
        do
        {
            Poll();
        }
        while (TryAdvance(end));

        Now = end;
    }

    public void Travel(TestPacket packet)
    {
        Log.Add(packet);
        if (Carries(packet))
        {
            var to = Server.Network.IsLocal(packet.Destination) ? Server : Client;
            _wire.Enqueue((packet, to), (Now + Delay, _order++));
        }
    }

    public void Dispose()
    {
        Client.Layer.Dispose();
        Server.Layer.Dispose();
    }

    private void Poll()
    {
        do
        {
            Client.Poll(Now);
            Server.Poll(Now);
        }
        while (Client.Layer.HasEvents || Server.Layer.HasEvents);
    }

    /// <summary>Goes on to when something happens next; false if that is not before the end.</summary>
    private bool TryAdvance(TimeSpan end)
    {
        var next = _wire.TryPeek(out _, out var arrival) ? arrival.Item1 : TimeSpan.MaxValue;
        foreach (var host in (TcpHost[])[Client, Server])
        {
            next = host.Layer.NextDeadline < next ? host.Layer.NextDeadline : next;
        }

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

/// <summary>One host's TCP.</summary>
internal sealed class TcpHost
{
    private readonly TcpWorld _world;

    public TcpHost(TcpWorld world, NetworkAddress address, TcpSettings settings, int maximumTransmissionUnit, ulong seed)
    {
        _world = world;
        Network = new TestNetwork(address, maximumTransmissionUnit);
        Layer = new TcpLayer(Network, world.Arena, settings, () => new KeyedHash(seed++, 7), world.Now);
    }

    public TestNetwork Network { get; }

    public TcpLayer Layer { get; }

    public TestAcceptor Listen(ushort port, TcpConnectionOptions? options = null, int backlog = 128, TimeSpan deferAccept = default)
    {
        var acceptor = new TestAcceptor(_world.Arena);
        var listener = new TcpListener
        {
            Address = IPv4Address.Unspecified,
            Port = port,
            Backlog = backlog,
            DeferAccept = deferAccept,
            Options = options ?? new(),
            Acceptor = acceptor,
        };
        Assert.True(Layer.TryListen(listener));
        return acceptor;
    }

    public TestUser Connect(TcpHost to, ushort port, TcpConnectionOptions? options = null, ushort localPort = 0)
    {
        var user = new TestUser(_world.Arena);
        var result = Layer.Connect(
            IPv4Address.Unspecified, localPort, to.Network.Address, port, options ?? new(), user, _world.Now, out var connection);
        Assert.Equal(OpenResult.Opened, result);
        user.Connection = connection;
        return user;
    }

    public void Receive(TestPacket packet, TimeSpan now)
    {
        var incoming = new IncomingPacket
        {
            Source = packet.Source,
            Destination = packet.Destination,
            Protocol = InternetProtocol.Tcp,
            Ecn = packet.Ecn,
            Payload = packet.Bytes,
        };
        Layer.Process(incoming, now);
    }

    public void Poll(TimeSpan now)
    {
        Layer.DeliverEvents(now);
        Layer.Poll(now);
        while (Network.Sent.TryDequeue(out var packet))
        {
            _world.Travel(packet);
        }
    }
}
