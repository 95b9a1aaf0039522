using System.Net;
using System.Net.Sockets;
using Broadside.Channels;
using Broadside.Connections;

namespace Broadside;

/// <summary>Channels, memory and groups: what listens, connects and sends records.</summary>
/// <remarks>Every member is safe for use from any thread. Disposing it stops it, as <see cref="StopAsync"/> does.</remarks>
public sealed class RecordEngine : IAsyncDisposable
{
    private readonly ChannelBackend _backend;
    private readonly ChannelHost[] _hosts;
    private readonly EngineCore _core;
    private readonly Lock _gate = new();
    private readonly List<RecordListener> _listeners = [];
    private int _nextHost;
    private Task? _stopped;

    /// <summary>Makes an engine on a backend of the caller's choice and sets it running.</summary>
    /// <param name="backend">The backend; the engine's from now on.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="reason">Why this backend, for the log.</param>
    public RecordEngine(ChannelBackend backend, EngineOptions? options = null, string reason = "")
    {
        ArgumentNullException.ThrowIfNull(backend);
        options ??= new EngineOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Channels, nameof(options));
        _backend = backend;
        Arena = new Arena(options.Arena);
        var logger = options.LoggerFactory.CreateLogger("Broadside");
        var channels = new IoChannel[options.Channels];
        for (var index = 0; index < channels.Length; index++)
        {
            int? processor = options.PinThreads ? index % Environment.ProcessorCount : null;
            channels[index] = backend.CreateChannel(new ChannelSettings(index, Arena, logger, options.TimeProvider, processor));
        }

        _core = new EngineCore(Arena, channels[0].TimeProvider, logger, options.Scheduling);
        _hosts = Array.ConvertAll(channels, channel => new ChannelHost(_core, channel));
        EngineInstruments.Publish(_core, channels);
        Start(channels);
        ConnectionLog.EngineStarted(logger, backend.Name, channels.Length, reason);
    }

    /// <summary>The memory of the engine's records.</summary>
    public Arena Arena { get; }

    /// <summary>The name of the backend the engine runs on.</summary>
    public string Backend => _backend.Name;

    /// <summary>The engine's channels.</summary>
    public IReadOnlyList<IoChannel> Channels => Array.ConvertAll(_hosts, static host => host.Channel);

    /// <summary>Makes a group. It is collected when nobody refers to it; disposing it ends its memberships.</summary>
    /// <param name="name">For logs.</param>
    /// <param name="options">Its limits; null for the defaults.</param>
    public RecordGroup CreateGroup(string name, GroupOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new RecordGroup(name, options ?? new GroupOptions(), _core);
    }

    /// <summary>Makes a latest group: of each key, members get the newest record only. Dispose it when it is no longer needed.</summary>
    /// <param name="name">For logs.</param>
    /// <param name="options">How it behaves; null for the defaults.</param>
    public LatestGroup CreateLatestGroup(string name, LatestGroupOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new LatestGroup(name, options ?? new LatestGroupOptions(), _core);
    }

    /// <summary>Listens, and runs <paramref name="handler"/> for each connection.</summary>
    /// <param name="endPoint">Where; port 0 lets the system choose.</param>
    /// <param name="framer">What finds the records in what arrives.</param>
    /// <param name="handler">Its return closes the connection gracefully; its exception is logged and resets it.</param>
    /// <param name="options">The connections' limits; null for the defaults.</param>
    /// <exception cref="SocketException">The endpoint cannot be bound.</exception>
    public Task<RecordListener> ListenAsync(
        EndPoint endPoint, IRecordFramer framer, Func<RecordConnection, Task> handler, ConnectionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return ListenAsync(endPoint, framer, new AsyncHandler(handler), options);
    }

    /// <summary>Listens, and has <paramref name="handler"/> called on the channels' threads.</summary>
    /// <param name="endPoint">Where; port 0 lets the system choose.</param>
    /// <param name="framer">What finds the records in what arrives.</param>
    /// <param name="handler">Called for every connection.</param>
    /// <param name="options">The connections' limits; null for the defaults.</param>
    /// <exception cref="SocketException">The endpoint cannot be bound.</exception>
    public async Task<RecordListener> ListenAsync(
        EndPoint endPoint, IRecordFramer framer, IRecordHandler handler, ConnectionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(framer);
        ArgumentNullException.ThrowIfNull(handler);
        ThrowIfStopped();
        var settings = new ConnectionSettings(framer, handler, options ?? new ConnectionOptions());
        var listener = await RecordListener.ListenAsync(_hosts, endPoint, settings).ConfigureAwait(false);
        lock (_gate)
        {
            if (_stopped is null)
            {
                _listeners.Add(listener);
                return listener;
            }
        }

        await listener.StopAsync().ConfigureAwait(false);
        throw new ObjectDisposedException(nameof(RecordEngine));
    }

    /// <summary>Connects; the records that arrive are read from the connection.</summary>
    /// <param name="endPoint">Where to; a <see cref="DnsEndPoint"/> is resolved, and its addresses are tried in turn.</param>
    /// <param name="framer">What finds the records in what arrives.</param>
    /// <param name="options">The connection's limits; null for the defaults.</param>
    /// <param name="timeout">How long connecting may take; null for 15 s.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ConnectException">It failed; <see cref="ConnectException.Reason"/> tells why.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<RecordConnection> ConnectAsync(
        EndPoint endPoint, IRecordFramer framer, ConnectionOptions? options = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        ConnectAsync(endPoint, framer, QueueingHandler.Instance, options, timeout, cancellationToken);

    /// <summary>Connects; <paramref name="handler"/> is called on the channel's thread.</summary>
    /// <param name="endPoint">Where to; a <see cref="DnsEndPoint"/> is resolved, and its addresses are tried in turn.</param>
    /// <param name="framer">What finds the records in what arrives.</param>
    /// <param name="handler">Called for the connection.</param>
    /// <param name="options">The connection's limits; null for the defaults.</param>
    /// <param name="timeout">How long connecting may take; null for 15 s.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ConnectException">It failed; <see cref="ConnectException.Reason"/> tells why.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<RecordConnection> ConnectAsync(
        EndPoint endPoint,
        IRecordFramer framer,
        IRecordHandler handler,
        ConnectionOptions? options = null,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(framer);
        ArgumentNullException.ThrowIfNull(handler);
        ThrowIfStopped();
        options ??= new ConnectionOptions();
        var patience = timeout ?? TimeSpan.FromSeconds(15);
        var started = _core.TimeProvider.GetTimestamp();
        var targets = await ResolveAsync(endPoint, cancellationToken).ConfigureAwait(false);
        for (var index = 0; ; index++)
        {
            var host = NextHost();
            var connecting = new ConnectHandler(handler, host);
            var connection = new RecordConnection(host, new ConnectionSettings(framer, connecting, options));
            var left = patience - _core.TimeProvider.GetElapsedTime(started);
            var connect = new ConnectOptions { Transport = options.Transport, Timeout = left > TimeSpan.Zero ? left : TimeSpan.Zero };
            try
            {
                return await connecting.ConnectAsync(connection, targets[index], connect, cancellationToken).ConfigureAwait(false);
            }
            catch (ConnectException exception) when (index < targets.Length - 1 && exception.Reason is CloseReason.Refused or CloseReason.Unreachable)
            {
                // A name's next address may answer: the service may listen on one of the families only.
            }
        }
    }

    /// <summary>Binds a datagram socket on one of the channels.</summary>
    /// <param name="endPoint">Where; port 0 lets the system choose.</param>
    /// <param name="handler">Called on the channel's thread.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="SocketException">The endpoint cannot be bound.</exception>
    public Task<ChannelDatagramSocket> BindDatagramAsync(EndPoint endPoint, IDatagramHandler handler, DatagramOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(handler);
        ThrowIfStopped();
        var host = NextHost();
        return ChannelCall.RunAsync(host, () => host.Channel.BindDatagram(endPoint, options ?? new DatagramOptions(), handler));
    }

    /// <summary>The connections established now, as a new list.</summary>
    public async Task<IReadOnlyList<RecordConnection>> ConnectionsAsync()
    {
        var all = new List<RecordConnection>();
        foreach (var host in _hosts)
        {
            all.AddRange(await ChannelCall.TryRunAsync(host, host.Connections, []).ConfigureAwait(false));
        }

        return all;
    }

    /// <summary>Stops: no more connections are accepted, those there are send what is pending and close; past the deadline they are reset.</summary>
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

    private static async Task<EndPoint[]> ResolveAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        if (endPoint is not DnsEndPoint name)
        {
            return [endPoint];
        }

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(name.Host, name.AddressFamily, cancellationToken).ConfigureAwait(false);
            return addresses.Length > 0
                ? Array.ConvertAll(addresses, address => new IPEndPoint(address, name.Port))
                : throw new ConnectException(endPoint, CloseReason.Unreachable);
        }
        catch (SocketException exception)
        {
            throw new ConnectException(endPoint, CloseReason.Unreachable, exception);
        }
    }

    private async Task StopCoreAsync(TimeSpan drainTimeout)
    {
        await Task.Yield();
        foreach (var listener in _listeners)
        {
            await listener.StopAsync().ConfigureAwait(false);
        }

        var connections = await ConnectionsAsync().ConfigureAwait(false);
        var drained = Task.WhenAll(connections.Select(static connection => connection.CloseAsync()));
        try
        {
            await drained.WaitAsync(drainTimeout, _core.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Stopping the channels resets what is left.
        }

        var aborted = connections.Count(static connection => !connection.IsClosed);
        foreach (var host in _hosts)
        {
            await host.Channel.StopAsync().ConfigureAwait(false);
            host.Dispatcher.Stop();
        }

        _backend.Dispose();
        _core.Metrics.Dispose();
        ConnectionLog.EngineStopped(_core.Logger, aborted);
    }

    /// <summary>Starts all channels, or none: where the system refuses one what it needs, the others end.</summary>
    private void Start(IoChannel[] channels)
    {
        var started = 0;
        try
        {
            for (; started < channels.Length; started++)
            {
                channels[started].Start();
            }
        }
        catch
        {
            foreach (var channel in channels.AsSpan(0, started))
            {
                channel.StopAsync().GetAwaiter().GetResult();
            }

            _backend.Dispose();
            _core.Metrics.Dispose();
            throw;
        }
    }

    private ChannelHost NextHost() => _hosts[(uint)Interlocked.Increment(ref _nextHost) % (uint)_hosts.Length];

    private void ThrowIfStopped() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _stopped) is not null, this);
}
