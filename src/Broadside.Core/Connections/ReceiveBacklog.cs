using Broadside.Records;

namespace Broadside.Connections;

/// <summary>What arrived and was left unread: a whole record, if its memory is its own, and the bytes after it. Pooled.</summary>
internal sealed class ReceiveBacklog
{
    private SharedBuffer? _buffer;

    /// <summary>The whole record to be read first, with a reference of the backlog's.</summary>
    public RecordEntry? Body { get; private set; }

    public SharedBuffer? Buffer => _buffer;

    public Extent Rest { get; private set; }

    public static ReceiveBacklog Keep(RecordEntry? body, ReadOnlySpan<byte> rest, Arena arena)
    {
        var backlog = Pool.Rent<ReceiveBacklog>();
        backlog.Body = body;
        backlog.Append(rest, arena);
        return backlog;
    }

    /// <summary>Keeps bytes that arrived although receiving is paused.</summary>
    public void Append(ReadOnlySpan<byte> bytes, Arena arena)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        var joined = SharedBuffer.Rent(arena, Rest.Length + bytes.Length);
        Rest.Span.CopyTo(joined.Extent.Span);
        bytes.CopyTo(joined.Extent.Span[Rest.Length..]);
        _buffer?.Release();
        _buffer = joined;
        Rest = joined.Extent;
    }

    /// <summary>Gives the backlog back; what it held is the caller's to release.</summary>
    public void Recycle()
    {
        Body = null;
        _buffer = null;
        Rest = default;
        Pool<ReceiveBacklog>.Return(this);
    }

    /// <summary>Gives the backlog back with what it holds.</summary>
    public void Discard()
    {
        Body?.Release();
        _buffer?.Release();
        Recycle();
    }
}
