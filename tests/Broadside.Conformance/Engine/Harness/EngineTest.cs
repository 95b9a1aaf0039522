using Microsoft.Extensions.Logging;

namespace Broadside.Conformance.Engine.Harness;

/// <summary>A part of the suite that runs a whole engine on a backend. A backend runs it by a one-line subclass.</summary>
public abstract class EngineTest<TFixture> : IAsyncLifetime
    where TFixture : BackendFixture, new()
{
    private RecordEngine? _engine;

    /// <summary>
    /// Buffers and quanta so small that a peer that does not read is soon felt; for as long as it likes, as virtual time flies where
    /// the test waits for another thread.
    /// </summary>
    protected static ConnectionOptions Tight { get; } = new()
    {
        SendTimeout = TimeSpan.Zero,
        Quantum = 16 * 1024,
        LargestQuantum = 16 * 1024,
        Transport = new TransportOptions { SendBufferSize = 32 * 1024, ReceiveBufferSize = 32 * 1024, UnsentLimit = 16 * 1024 },
    };

    protected TFixture Fixture { get; } = new();

    protected RecordEngine Engine => _engine ??= CreateEngine(Options);

    protected virtual EngineOptions Options => new();

    public ValueTask InitializeAsync() => Fixture.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await Fixture.Await(_engine.StopAsync(TimeSpan.Zero));
            Assert.Empty(_engine.Arena.Outstanding());
        }

        await Fixture.FinishAsync();
        GC.SuppressFinalize(this);
    }

    protected RecordEngine CreateEngine(EngineOptions options) => new(Fixture.Backend, options with
    {
        Channels = 2,
        Arena = options.Arena with { Diagnostics = true },
        LoggerFactory = new Loggers(Fixture.Log),

        // A driven network has no other threads to go on with.
        Scheduling = Fixture.RunsOnThreads ? options.Scheduling : ContinuationScheduling.Inline,
    });

    protected Task<T> Await<T>(Task<T> task) => Fixture.Await(task);

    protected Task Await(Task task) => Fixture.Await(task);

    protected Task<T> Await<T>(ValueTask<T> task) => Fixture.Await(task.AsTask());

    protected Task Until(Func<bool> condition, string what) => Fixture.Until(condition, what);

    protected Task<RecordListener> Listen(IRecordHandler handler, ConnectionOptions? options = null, IRecordFramer? framer = null) =>
        Await(Engine.ListenAsync(Fixture.ListenEndPoint, framer ?? Wire.Framer, handler, options));

    protected Task<RecordListener> Listen(Func<RecordConnection, Task> handler, ConnectionOptions? options = null) =>
        Await(Engine.ListenAsync(Fixture.ListenEndPoint, Wire.Framer, handler, options));

    protected async Task<Link> Connect(ConnectionOptions? options = null, PeerHandler? client = null, PeerHandler? server = null) =>
        (await Connect(1, options, client, server))[0];

    /// <summary>Connects pairs in handler style, to a listener of their own.</summary>
    protected async Task<Link[]> Connect(int count, ConnectionOptions? options = null, PeerHandler? client = null, PeerHandler? server = null)
    {
        client ??= new PeerHandler(Fixture);
        server ??= new PeerHandler(Fixture);
        var listener = await Listen(server, options);
        var links = new Link[count];
        for (var index = 0; index < count; index++)
        {
            var connection = await Await(Engine.ConnectAsync(listener.LocalEndPoint, Wire.Framer, client, options));
            await Until(() => server.Peers().Any(peer => connection.LocalEndPoint!.Equals(peer.Connection.RemoteEndPoint)), "the other side");
            links[index] = new Link((Peer)connection.State!, server.Peers().Last(peer => connection.LocalEndPoint!.Equals(peer.Connection.RemoteEndPoint)));
        }

        await Await(listener.StopAsync());
        return links;
    }

    /// <summary>Has a connection read no more, as of when this ends.</summary>
    protected async Task Stall(Peer peer)
    {
        peer.Connection.PauseReceive();
        await Fixture.Run(peer.Connection.Channel, () => { });
    }

    protected Record NewRecord(int sender, int number, int length = Wire.HeaderLength) =>
        Record.Create(Engine.Arena, Wire.Bytes(sender, number, length));

    protected static void AssertInOrder(int[] numbers) => Assert.Equal(Enumerable.Range(0, numbers.Length), numbers);

    private sealed class Loggers(ILogger logger) : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => logger;

        public void Dispose()
        {
        }
    }
}

/// <summary>A connection seen from both sides.</summary>
public sealed record Link(Peer Client, Peer Server)
{
    /// <summary>The accepted side's connection: what groups send to.</summary>
    public RecordConnection Connection => Server.Connection;
}
