using Broadside.Channels;
using Broadside.Groups;

namespace Broadside.Connections;

/// <summary>A channel with what the engine adds to it: its dispatcher, its receiver and its connections.</summary>
internal sealed class ChannelHost : IChannelRound
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(250);

    private readonly Tick _tick;
    private RecordConnection? _connections;

    public ChannelHost(EngineCore core, IoChannel channel)
    {
        Core = core;
        Channel = channel;
        Dispatcher = new GroupDispatcher(channel, core.Clock);
        Receiver = new RecordReceiver(core.Arena);
        _tick = new Tick(this);
        channel.Round = this;
    }

    public EngineCore Core { get; }

    public IoChannel Channel { get; }

    public GroupDispatcher Dispatcher { get; }

    public RecordReceiver Receiver { get; }

    public int ConnectionCount { get; private set; }

    /// <inheritdoc/>
    public bool IsPending => Dispatcher.IsPending;

    /// <inheritdoc/>
    public void OnRoundEnd()
    {
        Dispatcher.OnRoundEnd();
        ScheduleTick();
    }

    public void Add(RecordConnection connection)
    {
        ConnectionCount++;
        connection.NextOnChannel = _connections;
        if (_connections is not null)
        {
            _connections.PreviousOnChannel = connection;
        }

        _connections = connection;
        ScheduleTick();
    }

    public void Remove(RecordConnection connection)
    {
        if (connection.PreviousOnChannel is null && !ReferenceEquals(_connections, connection))
        {
            // It never was established.
            return;
        }

        ConnectionCount--;
        if (connection.PreviousOnChannel is null)
        {
            _connections = connection.NextOnChannel;
        }
        else
        {
            connection.PreviousOnChannel.NextOnChannel = connection.NextOnChannel;
        }

        if (connection.NextOnChannel is not null)
        {
            connection.NextOnChannel.PreviousOnChannel = connection.PreviousOnChannel;
        }

        connection.NextOnChannel = connection.PreviousOnChannel = null;
    }

    /// <summary>The connections now. On the channel's thread.</summary>
    public RecordConnection[] Connections()
    {
        var connections = new RecordConnection[ConnectionCount];
        var count = 0;
        for (var connection = _connections; connection is not null; connection = connection.NextOnChannel)
        {
            connections[count++] = connection;
        }

        return connections;
    }

    // Ticks only while there is something to look after, so that an idle channel sleeps.
    private void ScheduleTick()
    {
        if (!_tick.IsScheduled && (Dispatcher.HasIdle || _connections is not null))
        {
            Channel.Schedule(_tick, TickInterval);
        }
    }

    private void OnTick()
    {
        Dispatcher.TrimIdle();
        var watching = false;
        for (var connection = _connections; connection is not null;)
        {
            var next = connection.NextOnChannel;
            connection.CheckTimeouts(Channel.Now);
            watching |= connection.NeedsTimeoutCheck;
            connection = next;
        }

        if (watching || Dispatcher.HasIdle)
        {
            Channel.Schedule(_tick, TickInterval);
        }
    }

    private sealed class Tick(ChannelHost host) : ChannelTimer
    {
        protected internal override void OnDue() => host.OnTick();
    }
}
