using System.Net.Sockets;

namespace Broadside.Conformance.Backends;

/// <summary>What an idle connection costs: the framework's objects and one small one of ours.</summary>
public sealed class SocketsMemoryTests : ConformanceTest<SocketsFixture>
{
    private const int Connections = 4000;
    private const int BudgetBytes = 1090;

    [Fact]
    public async Task AnIdleConnectionIsSmall()
    {
        // What the clients themselves take is measured against a listener that leaves its connections to the kernel.
        using var kernel = NewSocket();
        kernel.Bind(Fixture.ListenEndPoint);
        kernel.Listen(Connections);
        var clientsAlone = await Measure(kernel.LocalEndPoint!, () => true);

        var acceptor = new CountingAcceptor(Fixture.Signal);
        var listener = await Listen(acceptor, new ListenOptions { Backlog = Connections });
        var both = await Measure(listener.LocalEndPoint, () => acceptor.Count == Connections);
        var perConnection = (both - clientsAlone) / Connections;
        TestContext.Current.SendDiagnosticMessage($"{perConnection} bytes per idle connection");
        Assert.InRange(perConnection, 1, BudgetBytes);
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private async Task<long> Measure(EndPoint endPoint, Func<bool> isReady)
    {
        var clients = new Socket[Connections];
        var before = GC.GetTotalMemory(true);
        for (var index = 0; index < Connections; index++)
        {
            clients[index] = NewSocket();
            clients[index].Connect(endPoint);
        }

        await Fixture.Until(isReady, "the connections");
        await Fixture.Run(Channel, () => { });
        var after = GC.GetTotalMemory(true);
        Array.ForEach(clients, client => client.Dispose());
        return after - before;
    }

    /// <summary>One handler for all, so that only the backend's own objects count.</summary>
    private sealed class CountingAcceptor(Action signal) : IConnectionAcceptor, IConnectionHandler
    {
        private volatile int _count;

        public int Count => _count;

        public IConnectionHandler? OnAccepted(ChannelConnection connection) => this;

        public void OnConnected(ChannelConnection connection)
        {
            if (++_count == Connections)
            {
                signal();
            }
        }

        public void OnReceived(ReceivedSegment segment)
        {
        }

        public void OnExtentReceived(Extent extent)
        {
        }

        public void OnSendAccepted(SendBatch batch)
        {
        }

        public void OnSendReleased(SendBatch batch)
        {
        }

        public void OnPeerClosed()
        {
        }

        public void OnClosed(CloseReason reason, Exception? error)
        {
        }
    }
}
