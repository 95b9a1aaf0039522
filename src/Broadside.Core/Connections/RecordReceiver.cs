using System.Buffers;
using Broadside.Channels;
using Broadside.Records;

namespace Broadside.Connections;

/// <summary>
/// Turns what a channel receives into whole records, one receive at a time: what it must remember between receives is with the
/// connection. Touched on the channel's thread only.
/// </summary>
internal sealed class RecordReceiver(Arena arena)
{
    // From here on, what is missing of a record is received straight into the record's memory.
    private const int DirectReceive = 16 * 1024;

    private RecordConnection? _connection;
    private SharedBuffer? _buffer;
    private Extent _rest;
    private Extent _next;
    private RecordEntry? _body;
    private bool _hasNext;

    /// <summary>Bytes arrived for a connection.</summary>
    public void Receive(RecordConnection connection, ReceivedSegment segment)
    {
        if (connection.Backlog is not null)
        {
            connection.Backlog.Append(segment.Extent.Span, arena);
            return;
        }

        Run(connection, null, segment.Buffer, segment.Extent);
    }

    /// <summary>The memory given to the transport for the rest of a record is full.</summary>
    public void ReceivedExtent(RecordConnection connection, Extent extent)
    {
        var partial = connection.Partial!;
        partial.IsReceivingInto = false;
        partial.Advance(extent.Length);
        var result = partial.Frame(connection.Settings.Framer, default);
        switch (result.Status)
        {
            case FrameStatus.Complete:
                connection.Partial = null;
                Run(connection, partial.Complete(), null, default);
                break;
            case FrameStatus.NeedMore:
                ReceiveRest(connection, partial, result.Count);
                break;
            default:
                Refuse(connection, result.Reason!);
                break;
        }
    }

    /// <summary>Reads what was left unread.</summary>
    public void ReadBacklog(RecordConnection connection)
    {
        if (connection.Backlog is not { } backlog)
        {
            return;
        }

        connection.Backlog = null;
        var (body, buffer, rest) = (backlog.Body, backlog.Buffer, backlog.Rest);
        backlog.Recycle();
        try
        {
            Run(connection, body, buffer, rest);
        }
        finally
        {
            buffer?.Release();
        }
    }

    public bool TryRead(out ReceivedRecord record)
    {
        if (!_hasNext && !FrameNext())
        {
            record = default;
            return false;
        }

        _hasNext = false;
        record = _body is not null ? new ReceivedRecord(_body) : new ReceivedRecord(_buffer!, _next);
        return true;
    }

    private void Run(RecordConnection connection, RecordEntry? body, SharedBuffer? buffer, Extent rest)
    {
        (_connection, _buffer, _rest, _body, _hasNext) = (connection, buffer, rest, body, body is not null);
        try
        {
            if (!connection.IsOver && (_hasNext || FrameNext()))
            {
                _hasNext = true;
                var records = new RecordBatch(this);
                connection.Settings.Handler.OnReceived(connection, ref records);
                KeepUnread();
            }
        }
        finally
        {
            ReleaseBody();
            (_connection, _buffer, _rest, _next, _hasNext) = (null, null, default, default, false);
        }
    }

    private void KeepUnread()
    {
        if (!_hasNext && !FrameNext())
        {
            return;
        }

        var unread = _body is null ? new Extent(_next.Block, _next.Offset, _next.Length + _rest.Length) : _rest;
        _connection!.Backlog = ReceiveBacklog.Keep(_body, unread.Span, arena);
        _body = null;
        _connection.HoldReceive(HoldReasons.Unread);
    }

    private bool FrameNext()
    {
        ReleaseBody();
        if (_rest.IsEmpty || _connection!.IsOver)
        {
            return false;
        }

        if (_connection.Partial is { } partial)
        {
            return FrameAcross(partial);
        }

        var state = default(FramerState);
        var result = _connection.Settings.Framer.TryFrame(new ReadOnlySequence<byte>(_rest.Memory), ref state);
        switch (result.Status)
        {
            case FrameStatus.Complete:
                _next = _rest.Slice(0, result.Count);
                _rest = _rest.Slice(result.Count);
                return true;
            case FrameStatus.NeedMore:
                _connection.Partial = PartialReceive.Start(_rest.Span, result.Count, state, arena);
                _rest = default;
                ReceiveRest(_connection, _connection.Partial, result.Count);
                return false;
            default:
                Refuse(_connection, result.Reason!);
                return false;
        }
    }

    private bool FrameAcross(PartialReceive partial)
    {
        var before = partial.Length;
        var result = partial.Frame(_connection!.Settings.Framer, _rest);
        switch (result.Status)
        {
            case FrameStatus.Complete:
                partial.Append(_rest.Span[..(result.Count - before)]);
                _rest = _rest.Slice(result.Count - before);
                _connection.Partial = null;
                _body = partial.Complete();
                return true;
            case FrameStatus.NeedMore:
                partial.Append(_rest.Span);
                _rest = default;
                ReceiveRest(_connection, partial, result.Count);
                return false;
            default:
                Refuse(_connection, result.Reason!);
                return false;
        }
    }

    // A little comes with the next receive; much goes straight into the record's memory, as one completion. A record that began so
    // goes on so: it can be too large for one run of memory.
    private static void ReceiveRest(RecordConnection connection, PartialReceive partial, int missing)
    {
        if (missing >= DirectReceive)
        {
            partial.IsReceivingInto = true;
            connection.ReceiveInto(partial.Room(missing));
        }
    }

    private void Refuse(RecordConnection connection, string reason)
    {
        _rest = default;
        connection.RefuseFraming(reason);
    }

    private void ReleaseBody()
    {
        _body?.Release();
        _body = null;
    }
}
