using Broadside.Channels;

namespace Broadside.Sockets;

/// <summary>Connections that could not receive for want of a buffer; the arena tells nobody when there is room again, so time does.</summary>
internal sealed class MemoryRetry(SocketsChannel channel) : ChannelTimer
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(10);

    private List<SocketsConnection> _waiting = [];
    private List<SocketsConnection> _resumed = [];

    public void Add(SocketsConnection connection)
    {
        _waiting.Add(connection);
        if (!IsScheduled)
        {
            channel.Schedule(this, RetryAfter);
        }
    }

    protected internal override void OnDue()
    {
        // A connection may find no room again and so come back while the list is walked.
        (_waiting, _resumed) = (_resumed, _waiting);
        foreach (var connection in _resumed)
        {
            connection.OnMemoryRetry();
        }

        _resumed.Clear();
    }
}
