using Broadside.Records;

namespace Broadside.Groups;

/// <summary>One send: bytes to be copied into the log, or a record to be referred to.</summary>
internal readonly ref struct SendRequest
{
    private readonly ReadOnlySpan<byte> _bytes;

    /// <summary>Sends a record, for whose use the caller holds a reference.</summary>
    public SendRequest(RecordEntry body)
    {
        Body = body;
    }

    /// <summary>Sends bytes, at most <see cref="SendQueue.LargestInline"/>.</summary>
    public SendRequest(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
    }

    public RecordEntry? Body { get; private init; }

    public int Length => Body is null ? _bytes.Length : Body.Length;

    public int Priority { get; init; }

    /// <summary>The timestamp from which it is stale; 0 for never.</summary>
    public long ExpiresAt { get; init; }

    public Outbox? Except { get; init; }

    public RecordKey? Key { get; init; }

    public bool IsConditional => ExpiresAt != 0 || Except is not null || Key is not null;

    /// <summary>The same for another record.</summary>
    public SendRequest For(RecordEntry body) => this with { Body = body };

    public void CopyTo(Span<byte> destination)
    {
        if (Body is null)
        {
            _bytes.CopyTo(destination);
            return;
        }

        foreach (var extent in Body.Extents)
        {
            extent.Span.CopyTo(destination);
            destination = destination[extent.Length..];
        }
    }
}
