using System.Net;
using Broadside.Bench.Load;
using Broadside.Channels;

namespace Broadside.Bench.Workers.Channels;

/// <summary>An echo of records: each is framed, and sent back as a record of its connection's.</summary>
internal sealed class RecordEcho : IRecordHandler
{
    /// <summary>Serves until its input ends.</summary>
    /// <param name="port">Where.</param>
    /// <param name="backend">On which backend.</param>
    public static async Task RunAsync(int port, string backend)
    {
        await using var engine = RecordEngine.Create(new EngineOptions { Channels = 1 }, backend);
        await engine.ListenAsync(new IPEndPoint(IPAddress.Loopback, port), Framers.LengthPrefixed(EchoRequest.PrefixLength), new RecordEcho());
        await ServerConsole.RunAsync(() => EngineCounters.Of(engine));
    }

    public void OnConnected(RecordConnection connection)
    {
    }

    public void OnReceived(RecordConnection connection, ref RecordBatch records)
    {
        while (records.TryRead(out var record))
        {
            connection.TrySend(record.Span, out _);
        }
    }

    public void OnPeerClosed(RecordConnection connection) => _ = connection.CloseAsync();

    public void OnClosed(RecordConnection connection, CloseReason reason, Exception? error)
    {
    }
}
