using Broadside.Channels;
using Broadside.NetStack.Tcp;

namespace Broadside.NetStack.Tests.Tcp.Harness;

/// <summary>A user that keeps what it is told and reads what it gets, unless it is told not to.</summary>
internal sealed class TestUser(Arena arena) : ITcpUser
{
    private readonly Dictionary<SendBatch, Extent> _sent = [];

    public TcpConnection Connection { get; set; } = null!;

    public MemoryStream Received { get; } = new();

    public TcpEvents Seen { get; private set; }

    public bool Reads { get; set; } = true;

    public TcpCloseReason? CloseReason { get; private set; }

    public int Unreleased => _sent.Count;

    public Action<TcpEvents>? On { get; set; }

    public void OnEvents(TcpConnection connection, TcpEvents events, TimeSpan now)
    {
        Assert.False(Seen.HasFlag(TcpEvents.Closed), "An event came after the last.");
        Assert.Same(Connection, connection);
        Seen |= events;
        if (Reads)
        {
            Read(now);
        }

        while (connection.TryTakeReleased(out var batch))
        {
            Assert.True(_sent.Remove(batch, out var extent));
            arena.Free(extent);
        }

        On?.Invoke(events);
        if (events.HasFlag(TcpEvents.Closed))
        {
            Assert.Empty(_sent);
            CloseReason = connection.CloseReason;
            connection.Release();
        }
    }

    public void Read(TimeSpan now)
    {
        while (Connection.Peek(out var buffer, out var offset) is > 0 and var length)
        {
            Received.Write(buffer.Extent.Span.Slice(offset, length));
            Connection.Consume(length, now);
        }
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        var extent = arena.Allocate(bytes.Length);
        bytes.CopyTo(extent.Span);
        var batch = new SendBatch();
        batch.Add(extent);
        _sent.Add(batch, extent);
        Connection.Send(batch);
    }
}

internal sealed class TestAcceptor(Arena arena) : ITcpAcceptor
{
    public List<TestUser> Accepted { get; } = [];

    public bool Refuses { get; set; }

    public ITcpUser? OnAccepted(TcpConnection connection)
    {
        if (Refuses)
        {
            return null;
        }

        var user = new TestUser(arena) { Connection = connection };
        Accepted.Add(user);
        return user;
    }
}
