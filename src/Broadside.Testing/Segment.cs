namespace Broadside.Testing;

/// <summary>Bytes under way. Those of a batch that is not copied lie in the sender's own memory until they arrive.</summary>
internal sealed class Segment(ReadOnlyMemory<byte> bytes, SentBatch batch)
{
    public ReadOnlyMemory<byte> Bytes { get; private set; } = bytes;

    public SentBatch Batch { get; } = batch;

    public int Length => Bytes.Length;

    /// <summary>Copies the bytes, because the sender's memory is about to be released.</summary>
    public void Capture()
    {
        if (!Batch.IsCopied)
        {
            Bytes = Bytes.ToArray();
        }
    }
}
