using System.Net;

namespace Broadside.Relay;

/// <summary>A publish/subscribe server that Redis clients of either protocol version can use: each message is encoded once, whoever subscribes.</summary>
/// <remarks>Runs on an engine that may serve other things too. See docs/relay.md for the protocol.</remarks>
public sealed class RelayServer : IAsyncDisposable
{
    private readonly RelayState _relay;
    private readonly List<RecordListener> _listeners = [];
    private readonly Lock _gate = new();
    private Task _idleSweep = Task.CompletedTask;
    private Task? _stopped;

    private RelayServer(RelayState relay)
    {
        _relay = relay;
    }

    /// <summary>Where it listens, with the ports the system chose where 0 was asked for.</summary>
    public IReadOnlyList<EndPoint> EndPoints => _relay.EndPoints;

    /// <summary>What it has done and holds now.</summary>
    public RelayStatistics Statistics => _relay.Statistics();

    /// <summary>Starts a relay.</summary>
    /// <param name="engine">What it runs on; it must outlive the relay.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ArgumentException">The options contradict each other, or would open the relay to everybody (<see cref="RelayOptions.Insecure"/>).</exception>
    /// <exception cref="System.Net.Sockets.SocketException">An endpoint cannot be bound.</exception>
    public static async Task<RelayServer> StartAsync(RecordEngine engine, RelayOptions options)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var relay = new RelayState(engine, options);
        var server = new RelayServer(relay);
        try
        {
            await server.ListenAsync().ConfigureAwait(false);
        }
        catch
        {
            await server.StopAsync().ConfigureAwait(false);
            throw;
        }

        server._idleSweep = IdleSweep.RunAsync(relay);
        return server;
    }

    /// <summary>Stops: no more clients are accepted, those there are are sent what is pending and closed; past the deadline they are reset.</summary>
    /// <param name="drainTimeout">The deadline; null for 5 s.</param>
    public Task StopAsync(TimeSpan? drainTimeout = null)
    {
        lock (_gate)
        {
            return _stopped ??= StopCoreAsync(drainTimeout ?? TimeSpan.FromSeconds(5));
        }
    }

    /// <summary>As <see cref="StopAsync"/>.</summary>
    public ValueTask DisposeAsync() => new(StopAsync());

    private async Task ListenAsync()
    {
        var handler = new RelayHandler(_relay);
        var options = _relay.ConnectionOptions();
        foreach (var endPoint in _relay.Options.EndPoints)
        {
            _listeners.Add(await _relay.Engine.ListenAsync(endPoint, _relay.UnauthenticatedFramer, handler, options).ConfigureAwait(false));
        }

        _relay.EndPoints = [.. _listeners.Select(static listener => listener.LocalEndPoint)];
    }

    private async Task StopCoreAsync(TimeSpan drainTimeout)
    {
        await Task.Yield();
        await _relay.Stopping.CancelAsync().ConfigureAwait(false);
        foreach (var listener in _listeners)
        {
            await listener.StopAsync().ConfigureAwait(false);
        }

        var clients = await _relay.ClientsAsync().ConfigureAwait(false);
        var drained = Task.WhenAll(clients.Select(static each => each.Connection.CloseAsync()));
        try
        {
            await drained.WaitAsync(drainTimeout, _relay.Clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            clients.ForEach(static each => each.Connection.Abort());
            await drained.ConfigureAwait(false);
        }

        await _idleSweep.ConfigureAwait(false);
    }
}
