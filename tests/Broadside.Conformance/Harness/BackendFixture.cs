using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Broadside.Conformance.Harness;

/// <summary>A backend with a few channels for one test, and the means to wait for what they do. A backend joins the suite by deriving from it.</summary>
public abstract class BackendFixture
{
    private readonly List<IoChannel> _channels = [];
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly Lazy<ChannelBackend> _backend;
    private int _descriptors;

    protected BackendFixture()
    {
        _backend = new Lazy<ChannelBackend>(CreateBackend);
        Log = new RecordingLogger(Signal);
    }

    /// <summary>Keeps account of every extent; a test fails that does not return all of them.</summary>
    public Arena Arena { get; protected init; } = new(new ArenaOptions { Diagnostics = true });

    public RecordingLogger Log { get; }

    public ChannelBackend Backend => _backend.Value;

    /// <summary>Somewhere to listen, not yet taken: usually port 0.</summary>
    public abstract EndPoint ListenEndPoint { get; }

    /// <summary>Whether the channels are two ends of a link, and connections are to be made across it: from the second to the first, or back.</summary>
    public virtual bool ConnectsAcross => false;

    /// <summary>Whether several channels can listen on one endpoint.</summary>
    public virtual bool ChannelsShareEndPoints => true;

    /// <summary>An endpoint that refuses connections.</summary>
    public abstract EndPoint RefusingEndPoint { get; }

    /// <summary>Whether the backend has Unix-domain endpoints.</summary>
    public virtual bool HasUnixSockets => false;

    /// <summary>Whether a connection takes a descriptor of the process, so that they can run out.</summary>
    public virtual bool UsesDescriptors => false;

    /// <summary>Whether the backend's endpoints are the system's.</summary>
    public virtual bool UsesSockets => false;

    /// <summary>Whether an accept can be put off until the first bytes have come.</summary>
    public virtual bool DefersAccepts => UsesSockets && OperatingSystem.IsLinux();

    /// <summary>Whether all channels have the same addresses; else each has its own, and an endpoint of one is the same port on all.</summary>
    public virtual bool ChannelsShareAddresses => true;

    /// <summary>Whether the backend has datagrams.</summary>
    public virtual bool HasDatagrams => true;

    /// <summary>Whether channels run on threads of their own and in real time.</summary>
    public virtual bool RunsOnThreads => true;

    /// <summary>Somewhere for a channel to listen, where not every one can at the same.</summary>
    public virtual EndPoint ListenEndPointOf(IoChannel channel) => ListenEndPoint;

    /// <summary>An endpoint that answers nothing for as long as the result is not disposed.</summary>
    public abstract SilentPeer CreateSilentPeer();

    /// <summary>Waits until <paramref name="condition"/> holds, without sleeping; fails naming <paramref name="what"/>.</summary>
    public abstract Task Until(Func<bool> condition, string what);

    /// <summary>Something has happened that a condition may depend on. From any thread.</summary>
    public abstract void Signal();

    /// <summary>A new channel, running unless <paramref name="start"/> is false. Stopped with the fixture.</summary>
    public IoChannel CreateChannel(bool start = true, Arena? arena = null)
    {
        var settings = new ChannelSettings(_channels.Count, arena ?? Arena, Log, TimeProvider.System);
        var channel = Backend.CreateChannel(settings);
        _channels.Add(channel);
        if (start)
        {
            channel.Start();
        }

        return channel;
    }

    /// <summary>Runs something on a channel's thread and waits for it.</summary>
    public async Task<T> Run<T>(IoChannel channel, Func<T> function)
    {
        var work = new FunctionWork<T>(function, Signal);
        Assert.True(channel.Post(work), "The channel refused the work.");
        await Until(() => work.IsDone, "the work to run");
        return work.Result;
    }

    /// <inheritdoc cref="Run{T}"/>
    public Task Run(IoChannel channel, Action action) => Run(channel, () =>
    {
        action();
        return true;
    });

    /// <summary>Waits for a task, driving what has to be driven.</summary>
    public async Task<T> Await<T>(Task<T> task)
    {
        await Await((Task)task);
        return await task;
    }

    /// <inheritdoc cref="Await{T}"/>
    public async Task Await(Task task)
    {
        _ = task.ContinueWith(_ => Signal(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await Until(() => task.IsCompleted, "a task to end");
        await task;
    }

    /// <summary>Stops a channel and waits for that.</summary>
    public async Task Stop(IoChannel channel)
    {
        var task = channel.StopAsync();
        _ = task.ContinueWith(_ => Signal(), TaskScheduler.Default);
        await Until(() => task.IsCompleted, "the channel to stop");
        await task;
    }

    /// <summary>Notes a breach of the contract; the test fails in the end.</summary>
    public void Violate(string what) => _violations.Enqueue(what);

    public virtual ValueTask StartAsync()
    {
        _descriptors = Descriptors.CountOfTransport();
        return ValueTask.CompletedTask;
    }

    /// <summary>Stops everything and checks that nothing was breached, kept or left open.</summary>
    public async ValueTask FinishAsync()
    {
        try
        {
            foreach (var channel in _channels)
            {
                await Stop(channel);
            }

            if (_backend.IsValueCreated)
            {
                Backend.Dispose();
            }
        }
        finally
        {
            CleanUp();
        }

        Assert.Empty(_violations);
        Assert.Empty(Arena.Outstanding());
        Assert.Equal(_descriptors, Descriptors.CountOfTransport());
    }

    protected abstract ChannelBackend CreateBackend();

    /// <summary>Takes down what the fixture has set up besides.</summary>
    protected virtual void CleanUp()
    {
    }

    private sealed class FunctionWork<T>(Func<T> function, Action signal) : ChannelWork
    {
        private volatile bool _done;
        private T _result = default!;
        private Exception? _exception;

        public bool IsDone => _done;

        public T Result => _exception is null ? _result : throw new InvalidOperationException("The work threw.", _exception);

        protected internal override void Run()
        {
            try
            {
                _result = function();
            }
            catch (Exception exception)
            {
                _exception = exception;
            }

            _done = true;
            signal();
        }
    }
}
