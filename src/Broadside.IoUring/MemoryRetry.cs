using Broadside.Channels;

namespace Broadside.IoUring;

/// <summary>Connections that could not receive for want of a buffer; the arena tells nobody when there is room again, so time does.</summary>
internal sealed class MemoryRetry(IoUringChannel channel) : ChannelTimer
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(10);

    private readonly ConnectionQueue _waiting = new();

    public void Add(IoUringConnection connection)
    {
        _waiting.Add(connection);
        if (!IsScheduled)
        {
            channel.Schedule(this, RetryAfter);
        }
    }

    protected override void OnDue()
    {
        foreach (var connection in _waiting.BeginTurn())
        {
            connection.OnMemoryRetry();
        }

        _waiting.EndTurn();
    }
}
