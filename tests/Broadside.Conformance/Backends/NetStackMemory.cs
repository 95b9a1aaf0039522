namespace Broadside.Conformance.Backends;

/// <summary>What an idle connection of a network stack costs: there is no kernel that keeps the other part of it.</summary>
public sealed class NetStackMemory : ConformanceTest<NetStackFixture>
{
    private const int Connections = 2000;
    private const int MinimumBytes = 500;
    private const int BudgetBytes = 5600;

    [Fact]
    public async Task AnIdleConnectionIsSmall()
    {
        var other = Fixture.CreateChannel();
        var handler = new Idle(Fixture.Signal);
        var listener = await Fixture.Run(Channel, () => Channel.Listen(Fixture.ListenEndPoint, new ListenOptions { Backlog = Connections }, handler));
        await ConnectMany(other, listener.LocalEndPoint, handler, 100);
        var before = GC.GetTotalMemory(true);
        await ConnectMany(other, listener.LocalEndPoint, handler, Connections);

        // Either end is one of ours.
        var bytes = (GC.GetTotalMemory(true) - before) / (2 * Connections);
        TestContext.Current.SendDiagnosticMessage($"{bytes} bytes per idle connection");
        Assert.InRange(bytes, MinimumBytes, BudgetBytes);
    }

    private async Task ConnectMany(IoChannel channel, EndPoint endPoint, Idle handler, int count)
    {
        var expected = handler.Connected + (2 * count);
        var options = new ConnectOptions();
        await Fixture.Run(channel, () =>
        {
            for (var index = 0; index < count; index++)
            {
                channel.Connect(endPoint, options, handler);
            }
        });
        await Fixture.Until(() => handler.Connected == expected, "the connections");
    }

    private sealed class Idle(Action signal) : IConnectionAcceptor, IConnectionHandler
    {
        private int _connected;

        public int Connected => Volatile.Read(ref _connected);

        public IConnectionHandler? OnAccepted(ChannelConnection connection) => this;

        public void OnConnected(ChannelConnection connection)
        {
            // Two channels count.
            Interlocked.Increment(ref _connected);
            signal();
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
