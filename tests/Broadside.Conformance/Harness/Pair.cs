namespace Broadside.Conformance.Harness;

/// <summary>Two ends of a connection.</summary>
public sealed record Pair(BackendFixture Fixture, RecordingHandler Client, RecordingHandler Server)
{
    public Task OnClient(Action<RecordingHandler> action) => Fixture.Run(Client.Connection.Channel, () => action(Client));

    public Task OnServer(Action<RecordingHandler> action) => Fixture.Run(Server.Connection.Channel, () => action(Server));

    public Task UntilReceived(RecordingHandler handler, long length)
    {
        return Fixture.Until(() => handler.ReceivedLength >= length, $"{length:N0} bytes to arrive");
    }

    /// <summary>
    /// Sends batches until one is pending, and stays so while the peer reads nothing: one is more than any transport takes at once, as
    /// some report every send as pending at first. The pattern's position reached.
    /// </summary>
    public async Task<long> Saturate(RecordingHandler sender, int batchLength = 1024 * 1024)
    {
        return await Fixture.Run(sender.Connection.Channel, () =>
        {
            var position = 0L;
            while (true)
            {
                var status = sender.SendPattern(position, batchLength);
                position += batchLength;
                if (status == SendStatus.Pending)
                {
                    return position;
                }
            }
        });
    }
}
