using System.Net.Sockets;

namespace Broadside.Conformance.Suites;

/// <summary>What an idle connection costs in user space, the transport's own objects included.</summary>
public abstract class MemoryConformance<TFixture>(int minimumBytes, int budgetBytes) : ConformanceTest<TFixture>
    where TFixture : BackendFixture, new()
{
    private const int Connections = 4000;
    private const int Rounds = 3;

    [Fact]
    public async Task AnIdleConnectionIsSmall()
    {
        // What the clients themselves take is measured against a listener that leaves its connections to the kernel.
        using var kernel = NewSocket();
        kernel.Bind(Fixture.ListenEndPoint);
        kernel.Listen(Connections);
        var acceptor = new CountingAcceptor(Fixture.Signal);
        var listener = await Listen(acceptor, new ListenOptions { Backlog = Connections });
        var least = long.MaxValue;
        for (var round = 1; round <= Rounds; round++)
        {
            var accepted = round * Connections;
            var clientsAlone = await Measure(kernel, kernel.LocalEndPoint!, () => true);
            var both = await Measure(null, listener.LocalEndPoint, () => acceptor.Opened == accepted);
            await Fixture.Until(() => acceptor.Closed == accepted, "the connections to close");

            // The least: tables of the framework's grow once, and what earlier tests left may be collected meanwhile.
            least = Math.Min(least, (both - clientsAlone) / Connections);
        }

        TestContext.Current.SendDiagnosticMessage($"{least} bytes per idle connection");
        Assert.InRange(least, minimumBytes, budgetBytes);
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private static long UsedMemory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(true);
    }

    private async Task<long> Measure(Socket? backlog, EndPoint endPoint, Func<bool> isReady)
    {
        var clients = new Socket[Connections];
        var before = UsedMemory();
        for (var index = 0; index < Connections; index++)
        {
            clients[index] = NewSocket();
            clients[index].Connect(endPoint);
        }

        await Fixture.Until(isReady, "the connections");
        await Fixture.Run(Channel, () => { });
        var after = UsedMemory();
        for (var index = 0; index < Connections; index++)
        {
            backlog?.Accept().Dispose();
            clients[index].LingerState = new LingerOption(true, 0);
            clients[index].Dispose();
        }

        return after - before;
    }

    /// <summary>One handler for all, so that only the backend's own objects count.</summary>
    private sealed class CountingAcceptor(Action signal) : IConnectionAcceptor, IConnectionHandler
    {
        private volatile int _opened;
        private volatile int _closed;

        public int Opened => _opened;

        public int Closed => _closed;

        public IConnectionHandler? OnAccepted(ChannelConnection connection) => this;

        public void OnConnected(ChannelConnection connection)
        {
            if (++_opened % Connections == 0)
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
            if (++_closed % Connections == 0)
            {
                signal();
            }
        }
    }
}
