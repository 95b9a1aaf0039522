using Broadside.Connections;
using Broadside.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broadside.Conformance.Engine;

/// <summary>What an idle connection costs in the records core, the transport's share aside.</summary>
public sealed class IdleConnectionTests
{
    private const int Connections = 20_000;
    private const int BudgetBytes = 320;
    private const int MembershipBudgetBytes = 64;

    [Fact]
    public void IdleConnectionAndItsMembershipsAreSmall()
    {
        using var network = new SimulatedNetwork();
        var arena = new Arena();
        var channel = network.CreateChannel(new ChannelSettings(0, arena, NullLogger.Instance, TimeProvider.System));
        var core = new EngineCore(arena, network.TimeProvider, NullLogger.Instance, ContinuationScheduling.ThreadPool);
        var host = new ChannelHost(core, channel);
        var settings = new ConnectionSettings(Framers.Lines(), new Nothing(), new ConnectionOptions());
        var transports = new Transport[Connections];
        var connections = new RecordConnection[Connections];
        for (var index = 0; index < Connections; index++)
        {
            transports[index] = new Transport(channel);
        }

        var before = GC.GetTotalMemory(true);
        for (var index = 0; index < Connections; index++)
        {
            connections[index] = new RecordConnection(host, settings);
            ((IConnectionHandler)connections[index]).OnConnected(transports[index]);
        }

        var idle = (GC.GetTotalMemory(true) - before) / Connections;
        var group = new RecordGroup("one", new GroupOptions(), core);
        var others = Enumerable.Range(0, 4).Select(_ => new RecordGroup("another", new GroupOptions(), core)).ToArray();
        Join(group);
        var first = GC.GetTotalMemory(true);
        Array.ForEach(others, Join);
        var membership = (GC.GetTotalMemory(true) - first) / (Connections * others.Length);
        TestContext.Current.SendDiagnosticMessage($"{idle} bytes per idle connection, {membership} per further membership");
        Assert.InRange(idle, 1, BudgetBytes);
        Assert.InRange(membership, 1, MembershipBudgetBytes);
        GC.KeepAlive(transports);

        void Join(RecordGroup joined)
        {
            Array.ForEach(connections, connection => Assert.True(joined.Add(connection)));
            channel.Start();
            network.RunUntilIdle();
        }
    }

    private sealed class Nothing : IRecordHandler
    {
        public void OnConnected(RecordConnection connection)
        {
        }

        public void OnReceived(RecordConnection connection, ref RecordBatch records)
        {
        }

        public void OnPeerClosed(RecordConnection connection)
        {
        }

        public void OnClosed(RecordConnection connection, CloseReason reason, Exception? error)
        {
        }
    }

    /// <summary>A transport that costs next to nothing and does nothing.</summary>
    private sealed class Transport(IoChannel channel) : ChannelConnection(channel)
    {
        public override EndPoint? LocalEndPoint => null;

        public override EndPoint? RemoteEndPoint => null;

        public override SendStatus Send(SendBatch batch) => SendStatus.Released;

        public override void PauseReceive()
        {
        }

        public override void ResumeReceive()
        {
        }

        public override void ReceiveInto(Extent extent)
        {
        }

        public override void ShutdownSend()
        {
        }

        public override void Close()
        {
        }

        public override void Abort(CloseReason reason = CloseReason.Aborted, Exception? error = null)
        {
        }
    }
}
