using Broadside.Conformance.Engine.Harness;

namespace Broadside.Conformance.Simulation;

/// <summary>A connection seen from both sides, with what its client received.</summary>
internal sealed record Subscriber(RecordConnection Client, RecordConnection Server, List<int> Received)
{
    public HashSet<int> Groups { get; } = [];

    /// <summary>The groups it left at once, and how many records had been sent by then.</summary>
    public List<(int Group, int Sent)> Left { get; } = [];

    public bool IsClosing { get; set; }
}

/// <summary>A record sent, and to whom.</summary>
internal sealed record SentRecord(int Number, int? Group, int Priority, SendReceipt Receipt, Subscriber[] To)
{
    public bool IsUnsent { get; set; }
}

/// <summary>The client's side: notes the records' numbers.</summary>
internal sealed class Receiver : IRecordHandler
{
    public List<int> Received { get; } = [];

    public void OnConnected(RecordConnection connection)
    {
    }

    public void OnReceived(RecordConnection connection, ref RecordBatch records)
    {
        while (records.TryRead(out var record))
        {
            var sent = Wire.Read(record.Span) ?? throw new InvalidDataException("What arrived is no record that was sent.");
            Received.Add(sent.Number);
        }
    }

    public void OnPeerClosed(RecordConnection connection) => _ = connection.CloseAsync();

    public void OnClosed(RecordConnection connection, CloseReason reason, Exception? error)
    {
        if (reason == CloseReason.HandlerFault || reason == CloseReason.InvalidFraming)
        {
            Received.Add(int.MaxValue);
        }
    }
}

/// <summary>The server's side: remembers who connected.</summary>
internal sealed class Accepted : IRecordHandler
{
    private readonly List<RecordConnection> _connections = [];

    public RecordConnection? Find(RecordConnection client) =>
        _connections.Find(each => Equals(each.RemoteEndPoint, client.LocalEndPoint));

    public void OnConnected(RecordConnection connection) => _connections.Add(connection);

    public void OnReceived(RecordConnection connection, ref RecordBatch records)
    {
    }

    public void OnPeerClosed(RecordConnection connection) => _ = connection.CloseAsync();

    public void OnClosed(RecordConnection connection, CloseReason reason, Exception? error)
    {
    }
}
