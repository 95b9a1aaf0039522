namespace Broadside.Conformance.Harness;

/// <summary>Records datagrams, which carry the pattern from position 0 each.</summary>
public sealed class RecordingDatagrams(BackendFixture fixture) : IDatagramHandler
{
    public int Count { get; private set; }

    public int Batches { get; private set; }

    public int LargestBatch { get; private set; }

    public int ClosedCount { get; private set; }

    public Exception? Error { get; private set; }

    public Action<ChannelDatagramSocket, ReceivedDatagram>? WhenReceived { get; set; }

    public void OnReceived(ChannelDatagramSocket socket, ReadOnlySpan<ReceivedDatagram> batch)
    {
        Batches++;
        LargestBatch = Math.Max(LargestBatch, batch.Length);
        if (ClosedCount > 0 || batch.IsEmpty)
        {
            fixture.Violate("an empty batch, or one after the end");
        }

        foreach (var datagram in batch)
        {
            Count++;
            if (Pattern.FirstMismatch(datagram.Bytes.Span, 0) >= 0)
            {
                fixture.Violate("A datagram is not what was sent.");
            }

            WhenReceived?.Invoke(socket, datagram);
        }

        fixture.Signal();
    }

    public void OnClosed(Exception? error)
    {
        ClosedCount++;
        Error = error;
        fixture.Signal();
    }
}
