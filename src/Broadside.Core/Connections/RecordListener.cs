using System.Net;
using Broadside.Channels;
using Broadside.Connections;

namespace Broadside;

/// <summary>Accepts connections on all channels of an engine.</summary>
public sealed class RecordListener : IAsyncDisposable
{
    private readonly List<(ChannelHost Host, ChannelListener Listener)> _partitions = [];

    private RecordListener()
    {
    }

    /// <summary>The endpoint bound, with the port the system chose where 0 was asked for.</summary>
    public EndPoint LocalEndPoint => _partitions[0].Listener.LocalEndPoint;

    /// <summary>Stops accepting; accepted connections go on. May be called again.</summary>
    public async Task StopAsync()
    {
        foreach (var (host, listener) in _partitions)
        {
            await ChannelCall.TryRunAsync(
                host,
                () =>
                {
                    listener.Close();
                    return true;
                },
                false).ConfigureAwait(false);
        }
    }

    /// <summary>As <see cref="StopAsync"/>.</summary>
    public ValueTask DisposeAsync() => new(StopAsync());

    internal static async Task<RecordListener> ListenAsync(ChannelHost[] hosts, EndPoint endPoint, ConnectionSettings settings)
    {
        var listener = new RecordListener();
        var options = new ListenOptions { Transport = settings.Options.Transport };
        try
        {
            foreach (var host in hosts)
            {
                var partition = await ChannelCall.RunAsync(
                    host, () => host.Channel.Listen(endPoint, options, new Acceptor(host, settings))).ConfigureAwait(false);
                listener._partitions.Add((host, partition));

                // The first channel's choice of a port is everybody's.
                endPoint = partition.LocalEndPoint;
            }
        }
        catch
        {
            await listener.StopAsync().ConfigureAwait(false);
            throw;
        }

        return listener;
    }

    private sealed class Acceptor(ChannelHost host, ConnectionSettings settings) : IConnectionAcceptor
    {
        public IConnectionHandler OnAccepted(ChannelConnection connection) => new RecordConnection(host, settings);
    }
}
