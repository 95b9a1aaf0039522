using System.Collections.Concurrent;

namespace Broadside.Testing;

/// <summary>Brings continuations of asynchronous code to the thread that drives the network, so that a program replays.</summary>
internal sealed class SimulatedSynchronizationContext(SimulatedNetwork network) : SynchronizationContext
{
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _queue = new();

    public bool IsEmpty => _queue.IsEmpty;

    public override void Post(SendOrPostCallback d, object? state)
    {
        _queue.Enqueue((d, state));
        network.Wake();
    }

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("Waiting for the thread that drives the network would stop it: use Post.");

    public override SynchronizationContext CreateCopy() => this;

    public void RunNext()
    {
        if (_queue.TryDequeue(out var item))
        {
            item.Callback(item.State);
        }
    }
}
