namespace Broadside.Relay;

/// <summary>What subscribers receive, encoded byte for byte as Redis does: pushes in RESP3, arrays in RESP2.</summary>
internal static class PubSubMessages
{
    /// <summary>A subscription was made. <paramref name="total"/>: the client's subscriptions to channels and patterns now.</summary>
    public static void Subscribed(RespWriter writer, ReadOnlySpan<byte> channel, int total) =>
        Confirm(writer, "$9\r\nsubscribe\r\n"u8, channel, total);

    /// <summary>A subscription ended, or had not existed.</summary>
    public static void Unsubscribed(RespWriter writer, ReadOnlySpan<byte> channel, int total) =>
        Confirm(writer, "$11\r\nunsubscribe\r\n"u8, channel, total);

    /// <summary>The reply to UNSUBSCRIBE without arguments by a client that has no channel.</summary>
    public static void UnsubscribedFromNothing(RespWriter writer, int total) =>
        ConfirmNothing(writer, "$11\r\nunsubscribe\r\n"u8, total);

    /// <summary>A pattern subscription was made.</summary>
    public static void PatternSubscribed(RespWriter writer, ReadOnlySpan<byte> pattern, int total) =>
        Confirm(writer, "$10\r\npsubscribe\r\n"u8, pattern, total);

    /// <summary>A pattern subscription ended, or had not existed.</summary>
    public static void PatternUnsubscribed(RespWriter writer, ReadOnlySpan<byte> pattern, int total) =>
        Confirm(writer, "$12\r\npunsubscribe\r\n"u8, pattern, total);

    /// <summary>The reply to PUNSUBSCRIBE without arguments by a client that has no pattern.</summary>
    public static void PatternUnsubscribedFromNothing(RespWriter writer, int total) =>
        ConfirmNothing(writer, "$12\r\npunsubscribe\r\n"u8, total);

    /// <summary>Begins a message to those subscribed to its channel; the payload follows (<see cref="RespWriter.BulkBody"/>).</summary>
    public static void MessageHead(RespWriter writer, ReadOnlySpan<byte> channel, int payloadLength)
    {
        writer.PushHeader(3);
        writer.Raw("$7\r\nmessage\r\n"u8);
        writer.Bulk(channel);
        writer.BulkHeader(payloadLength);
    }

    /// <summary>The exact number of bytes of a message to a channel's subscribers.</summary>
    public static long MessageLength(int channel, int payload) =>
        "*3\r\n$7\r\nmessage\r\n"u8.Length + BulkLength(channel) + BulkLength(payload);

    /// <summary>Begins a message to those subscribed to a pattern that its channel matches; the payload follows (<see cref="RespWriter.BulkBody"/>).</summary>
    public static void PatternMessageHead(RespWriter writer, ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> channel, int payloadLength)
    {
        writer.PushHeader(4);
        writer.Raw("$8\r\npmessage\r\n"u8);
        writer.Bulk(pattern);
        writer.Bulk(channel);
        writer.BulkHeader(payloadLength);
    }

    /// <summary>The exact number of bytes of a message to a pattern's subscribers.</summary>
    public static long PatternMessageLength(int pattern, int channel, int payload) =>
        "*4\r\n$8\r\npmessage\r\n"u8.Length + BulkLength(pattern) + BulkLength(channel) + BulkLength(payload);

    /// <summary>
    /// The reply to PING. A subscribed RESP2 client gets an array, as it expects nothing but arrays; in RESP3 pushes can be told from
    /// replies, and it is a reply like any other.
    /// </summary>
    /// <param name="writer">Where to.</param>
    /// <param name="subscribed">Whether the client has subscriptions.</param>
    /// <param name="hasPayload">Whether PING had an argument.</param>
    /// <param name="payload">The argument.</param>
    public static void Pong(RespWriter writer, bool subscribed, bool hasPayload, ReadOnlySpan<byte> payload)
    {
        if (subscribed && writer.Version == RespVersion.Resp2)
        {
            writer.Raw("*2\r\n$4\r\npong\r\n"u8);
            writer.Bulk(payload);
        }
        else if (hasPayload)
        {
            writer.Bulk(payload);
        }
        else
        {
            writer.SimpleString("PONG"u8);
        }
    }

    private static void Confirm(RespWriter writer, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> name, int total)
    {
        writer.PushHeader(3);
        writer.Raw(kind);
        writer.Bulk(name);
        writer.Integer(total);
    }

    private static void ConfirmNothing(RespWriter writer, ReadOnlySpan<byte> kind, int total)
    {
        writer.PushHeader(3);
        writer.Raw(kind);
        writer.Null();
        writer.Integer(total);
    }

    private static long BulkLength(int length) => "$\r\n\r\n"u8.Length + DigitCount(length) + (long)length;

    private static int DigitCount(int value)
    {
        var count = 1;
        for (; value >= 10; value /= 10)
        {
            count++;
        }

        return count;
    }
}
