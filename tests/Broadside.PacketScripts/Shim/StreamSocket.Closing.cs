using Broadside.NetStack.Tcp;

namespace Broadside.PacketScripts.Shim;

/// <content>
/// What close comes to: a FIN behind what is unsent; but a reset where bytes are unread, or still arrive (RFC 9293 section 3.6.1), or where
/// the script asks for it.
/// </content>
internal sealed partial class StreamSocket
{
    private bool _isClosed;

    public override void Close()
    {
        _isClosed = true;
        if (_listener is not null)
        {
            Tcp.Close(_listener);
            while (_accepted.TryDequeue(out var accepted))
            {
                accepted._isLingeringForZero = true;
                accepted.Close();
            }
        }

        if (_connection is { } connection)
        {
            BeginClosing(connection);
        }
    }

    private void BeginClosing(TcpConnection connection)
    {
        if (!connection.IsClosed)
        {
            if (_isLingeringForZero || _progress == Progress.Connecting || connection.ReadableLength > 0)
            {
                connection.Abort(Now);
            }
            else
            {
                connection.ShutdownSend();
            }
        }

        GoOnClosing(connection, TcpEvents.None);
    }

    private void GoOnClosing(TcpConnection connection, TcpEvents events)
    {
        if (_connection is null)
        {
            return;
        }

        if (!connection.IsClosed && (events & TcpEvents.Readable) != 0)
        {
            connection.Abort(Now);
        }

        if (!connection.IsClosed && !connection.IsFinAcknowledged)
        {
            return;
        }

        _connection = null;
        ReleaseSent(connection);
        if (connection.IsClosed)
        {
            connection.Release();
        }
        else
        {
            connection.Orphan(Now);
        }
    }
}
