using Broadside.Channels;

namespace Broadside.Sockets;

/// <summary>Connections that have something to do in the next round: bytes left to receive, or an end to report. Used on the channel's thread.</summary>
internal sealed class ReadyQueue(SocketsChannel channel) : ChannelWork
{
    private SocketsConnection? _first;
    private SocketsConnection? _last;

    /// <summary>Appends a connection that is not in the queue.</summary>
    public void Push(SocketsConnection connection)
    {
        if (_last is null)
        {
            _first = _last = connection;
            channel.PostCompletion(this);
        }
        else
        {
            _last.NextReady = connection;
            _last = connection;
        }
    }

    protected internal override void Run()
    {
        // What becomes ready meanwhile waits for the next round.
        var connection = _first;
        _first = _last = null;
        while (connection is not null)
        {
            var next = connection.NextReady;
            connection.NextReady = null;
            try
            {
                connection.OnReady();
            }
            catch (Exception exception)
            {
                ChannelLog.WorkFaulted(channel.Logger, exception, channel.Index);
            }

            connection = next;
        }
    }
}
