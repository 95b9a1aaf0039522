namespace Broadside.Cli.Clients;

/// <summary>Subscribes, and hands each message to a printer.</summary>
/// <param name="client">The connection.</param>
/// <param name="printer">Where messages go.</param>
/// <param name="notices">Where it says that a subscription is made.</param>
internal sealed class Subscriber(RespClient client, MessagePrinter printer, TextWriter notices)
{
    /// <summary>Runs until so many messages were printed, or for ever.</summary>
    /// <param name="channels">Channels or patterns.</param>
    /// <param name="arePatterns">Which of the two.</param>
    /// <param name="count">How many messages; 0 for ever.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CliException">The server refused, or the connection was lost.</exception>
    public async Task RunAsync(string[] channels, bool arePatterns, int count, CancellationToken cancellationToken)
    {
        await client.SendAsync(cancellationToken, [arePatterns ? "PSUBSCRIBE" : "SUBSCRIBE", .. channels]);
        for (var printed = 0; count == 0 || printed < count;)
        {
            if (!client.TryRead(out var value))
            {
                // Whoever reads the output sees all there is before the next wait.
                printer.Flush();
                value = await client.ReceiveAsync(cancellationToken);
            }

            if (Handle(value))
            {
                printed++;
            }
        }

        printer.Flush();
    }

    // Whether it was a message.
    private bool Handle(RespValue value)
    {
        if (value.Kind == RespKind.Error)
        {
            throw client.Refusal(value);
        }

        switch (value.Items)
        {
            case [{ Text: "message" }, var channel, var message]:
                printer.Print(null, channel, message);
                return true;
            case [{ Text: "pmessage" }, var pattern, var channel, var message]:
                printer.Print(pattern, channel, message);
                return true;
            case [{ Text: "subscribe" or "psubscribe" }, var channel, _]:
                notices.WriteLine($"subscribed to {channel.Text}");
                return false;
            default:
                return false;
        }
    }
}
