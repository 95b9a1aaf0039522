namespace Broadside.Conformance.Harness;

/// <summary>A part of the suite: what every backend has to do. A backend runs it by a one-line subclass.</summary>
public abstract class ConformanceTest<TFixture> : IAsyncLifetime
    where TFixture : BackendFixture, new()
{
    private IoChannel? _channel;
    private IoChannel? _other;

    protected TFixture Fixture { get; } = new();

    /// <summary>The first channel.</summary>
    protected IoChannel Channel => _channel ??= Fixture.CreateChannel();

    /// <summary>The second channel.</summary>
    protected IoChannel Other => _other ??= CreateOther();

    /// <summary>Where connections come from if a test does not say otherwise.</summary>
    protected IoChannel Connecting => Fixture.ConnectsAcross ? Other : Channel;

    public ValueTask InitializeAsync() => Fixture.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Fixture.FinishAsync();
        GC.SuppressFinalize(this);
    }

    protected RecordingHandler Handler() => new(Fixture);

    protected Task<ChannelListener> Listen(IConnectionAcceptor acceptor, ListenOptions? options = null, IoChannel? channel = null, EndPoint? endPoint = null)
    {
        channel ??= Channel;
        return Fixture.Run(channel, () => channel.Listen(endPoint ?? Fixture.ListenEndPointOf(channel), options ?? new ListenOptions(), acceptor));
    }

    protected async Task<ChannelConnection> Connect(EndPoint endPoint, RecordingHandler handler, ConnectOptions? options = null, IoChannel? channel = null)
    {
        channel ??= Connecting;
        return await Fixture.Run(channel, () =>
        {
            var connection = channel.Connect(endPoint, options ?? new ConnectOptions(), handler);
            handler.Attach(connection);
            return connection;
        });
    }

    /// <summary>
    /// A connected pair. The server is on the first channel, and so is the client where ends can be together; where another is named for
    /// the server, only the client is on the first.
    /// </summary>
    protected async Task<Pair> ConnectPair(
        RecordingHandler? client = null, RecordingHandler? server = null, TransportOptions? transport = null, IoChannel? serverChannel = null)
    {
        transport ??= new TransportOptions();
        server ??= Handler();
        client ??= Handler();
        var acceptor = new RecordingAcceptor(Fixture, () => server);
        var listener = await Listen(acceptor, new ListenOptions { Transport = transport }, serverChannel);
        var connecting = serverChannel is null ? Connecting : Channel;
        await Connect(listener.LocalEndPoint, client, new ConnectOptions { Transport = transport }, connecting);
        await Fixture.Until(() => (client.IsConnected || client.IsClosed) && (server.IsConnected || server.IsClosed), "the pair to connect");
        return new Pair(Fixture, client, server);
    }

    /// <summary>Does something where a connection lives.</summary>
    protected Task On(RecordingHandler handler, Action<RecordingHandler> action) => Fixture.Run(handler.Connection.Channel, () => action(handler));

    protected Task UntilClosed(params ReadOnlySpan<RecordingHandler> handlers)
    {
        var all = handlers.ToArray();
        return Fixture.Until(() => all.All(handler => handler.IsClosed), "the connections to close");
    }

    // The first is first, whichever is asked for.
    private IoChannel CreateOther()
    {
        _ = Channel;
        return Fixture.CreateChannel();
    }
}
