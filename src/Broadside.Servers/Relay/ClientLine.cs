using System.Text;

namespace Broadside.Relay;

/// <summary>A client as CLIENT LIST and CLIENT INFO show it: Redis's fields in Redis's order, with what the relay does not have at rest.</summary>
internal static class ClientLine
{
    public static ClientIdentity Identify(RecordConnection connection, RelayClient client) =>
        new(connection.Id, $"{connection.RemoteEndPoint}", $"{connection.LocalEndPoint}", client.Type);

    public static string Of(RecordConnection connection, RelayClient client)
    {
        var clock = connection.Channel.TimeProvider;
        var details = client.Details ?? ClientDetails.None;
        var flags = client.IsSubscribed ? "P" : "N";
        var age = (long)clock.GetElapsedTime(client.ConnectedAt).TotalSeconds;
        var idle = (long)clock.GetElapsedTime(client.LastReplyAt).TotalSeconds;
        var command = client.LastCommand is { } last ? Encoding.ASCII.GetString(last.Name) : "NULL";
        return $"id={connection.Id} addr={connection.RemoteEndPoint} laddr={connection.LocalEndPoint} fd=-1 name={Text(details.Name)} "
            + $"age={age} idle={idle} flags={flags} db=0 sub={client.ChannelCount} psub={client.PatternCount} ssub=0 multi=-1 "
            + $"qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem={connection.QueuedBytes} tot-mem={connection.QueuedBytes} "
            + $"events=r cmd={command} user=default redir=-1 resp={(int)client.Version} "
            + $"lib-name={Text(details.LibraryName)} lib-ver={Text(details.LibraryVersion)}\n";
    }

    private static string Text(byte[] bytes) => Encoding.ASCII.GetString(bytes);
}
