using Broadside.Channels;

namespace Broadside.Connections;

/// <summary>What any thread asks of a connection, brought to its channel. Pooled.</summary>
internal sealed class ConnectionWork : ChannelWork
{
    private RecordConnection _connection = null!;
    private Kind _kind;
    private CloseReason _reason;
    private Exception? _error;

    private enum Kind
    {
        Close,
        Abort,
        Pause,
        Resume,
        ResumeUnread,
    }

    public static void PostClose(RecordConnection connection) => Post(connection, Kind.Close, default, null);

    public static void PostAbort(RecordConnection connection, CloseReason reason, Exception? error) => Post(connection, Kind.Abort, reason, error);

    public static void PostPause(RecordConnection connection) => Post(connection, Kind.Pause, default, null);

    public static void PostResume(RecordConnection connection) => Post(connection, Kind.Resume, default, null);

    /// <summary>There is room again for what was left unread; what the application asked for stands.</summary>
    public static void PostResumeUnread(RecordConnection connection) => Post(connection, Kind.ResumeUnread, default, null);

    protected internal override void Run()
    {
        var (connection, kind, reason, error) = (_connection, _kind, _reason, _error);
        Recycle();
        switch (kind)
        {
            case Kind.Close:
                connection.BeginClose();
                break;
            case Kind.Abort:
                connection.Reset(reason, error);
                break;
            case Kind.Pause:
                connection.HoldReceive(HoldReasons.Asked);
                break;
            case Kind.Resume:
                Resume(connection, HoldReasons.Asked | HoldReasons.Unread);
                break;
            default:
                Resume(connection, HoldReasons.Unread);
                break;
        }
    }

    // The handler may throw while it reads what was left unread.
    private static void Resume(RecordConnection connection, HoldReasons reasons)
    {
        try
        {
            connection.Resume(reasons);
        }
        catch (ArenaExhaustedException exception)
        {
            connection.Reset(CloseReason.ArenaExhausted, exception);
        }
        catch (Exception exception)
        {
            ConnectionLog.HandlerFaulted(connection.Core.Logger, exception, connection.Id);
            connection.Reset(CloseReason.HandlerFault, exception);
        }
    }

    private static void Post(RecordConnection connection, Kind kind, CloseReason reason, Exception? error)
    {
        var work = Pool.Rent<ConnectionWork>();
        work._connection = connection;
        work._kind = kind;
        work._reason = reason;
        work._error = error;
        if (!connection.Channel.Post(work))
        {
            work.Recycle();
        }
    }

    private void Recycle()
    {
        _connection = null!;
        _error = null;
        Pool<ConnectionWork>.Return(this);
    }
}
