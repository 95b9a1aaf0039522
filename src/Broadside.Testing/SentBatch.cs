using Broadside.Channels;

namespace Broadside.Testing;

/// <summary>A batch that the transport has not released yet.</summary>
internal sealed class SentBatch(SendBatch batch, bool isCopied)
{
    public SendBatch Batch { get; } = batch;

    /// <summary>Whether it is released once accepted; if not, once acknowledged.</summary>
    public bool IsCopied { get; } = isCopied;

    public long Unaccepted { get; set; } = batch.Length;

    public long Unacknowledged { get; set; } = batch.Length;
}
