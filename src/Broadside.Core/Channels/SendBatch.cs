namespace Broadside.Channels;

/// <summary>What one <see cref="ChannelConnection.Send"/> hands over: a gather of extents, sent whole and in order.</summary>
/// <remarks>
/// The batch and the memory of its extents belong to the transport from the send until its release is reported; neither may be
/// changed before.
/// </remarks>
public class SendBatch
{
    private Extent[] _extents = new Extent[2];

    /// <summary>How many extents there are.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes in all.</summary>
    public long Length { get; private set; }

    /// <summary>
    /// Whether the transport took all of it as soon as it was asked, though it reports that later: set by the transport before
    /// <see cref="IConnectionHandler.OnSendAccepted"/>. The sender may then offer more at a time.
    /// </summary>
    public bool WasTakenAtOnce { get; set; }

    /// <summary>
    /// Whether the bytes stay as they are even after the release, until their memory is freed or their receive buffer is filled anew: a
    /// transport may keep what it has computed of them.
    /// </summary>
    internal virtual bool AreBytesFinal => false;

    /// <summary>The extents, in the order in which they go out.</summary>
    public ReadOnlySpan<Extent> Extents => _extents.AsSpan(0, Count);

    /// <summary>Appends an extent.</summary>
    /// <param name="extent">At least one byte.</param>
    public void Add(Extent extent)
    {
        ArgumentOutOfRangeException.ThrowIfZero(extent.Length, nameof(extent));
        if (Count == _extents.Length)
        {
            Array.Resize(ref _extents, Count * 2);
        }

        _extents[Count++] = extent;
        Length += extent.Length;
    }

    /// <summary>Lengthens the last extent by one that follows it in memory; false when it does not.</summary>
    internal bool TryExtendLast(Extent extent)
    {
        ref var last = ref _extents[Count - 1];
        if (!ReferenceEquals(last.Block, extent.Block) || last.Offset + last.Length != extent.Offset)
        {
            return false;
        }

        last = new Extent(last.Block, last.Offset, last.Length + extent.Length);
        Length += extent.Length;
        return true;
    }

    /// <summary>Empties the batch for reuse, once its release was reported.</summary>
    public void Clear()
    {
        _extents.AsSpan(0, Count).Clear();
        Count = 0;
        Length = 0;
        WasTakenAtOnce = false;
    }
}
