namespace Broadside.Relay;

/// <summary>Closes clients that have said nothing for too long. Subscribers have nothing to say, and stay.</summary>
internal static class IdleSweep
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs until the relay stops.</summary>
    public static async Task RunAsync(RelayState relay)
    {
        var timeout = relay.Options.IdleTimeout;
        if (timeout == TimeSpan.Zero)
        {
            return;
        }

        var interval = TimeSpan.FromTicks(Math.Max(timeout.Ticks / 4, ShortestInterval.Ticks));
        using var timer = new PeriodicTimer(interval, relay.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(relay.Stopping.Token).ConfigureAwait(false))
            {
                foreach (var (connection, client) in await relay.ClientsAsync().ConfigureAwait(false))
                {
                    if (!client.IsSubscribed && !client.IsBusy && relay.Clock.GetElapsedTime(client.LastReplyAt) > timeout)
                    {
                        _ = connection.CloseAsync();
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The relay stops.
        }
    }
}
