using System.Runtime.CompilerServices;
using Broadside.Connections;

namespace Broadside;

/// <summary>Receiving, for asynchronous code.</summary>
public sealed partial class RecordConnection
{
    /// <summary>Reads a whole record that has arrived. The caller disposes it.</summary>
    /// <param name="record">The record.</param>
    /// <returns>False when none is here.</returns>
    /// <exception cref="InvalidOperationException">The connection's records go to an <see cref="IRecordHandler"/>.</exception>
    public bool TryRead(out Record record) => Received.TryRead(out record);

    /// <summary>Waits until a whole record can be read. Cancelling ends the wait and loses nothing.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when nothing more will arrive.</returns>
    /// <exception cref="InvalidOperationException">Another wait is under way, or the records go to an <see cref="IRecordHandler"/>.</exception>
    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => Received.WaitToReadAsync(cancellationToken);

    /// <summary>Receives the next whole record. The caller disposes it.</summary>
    /// <param name="cancellationToken">Ends the wait; nothing is lost.</param>
    /// <exception cref="EndOfStreamException">Nothing more will arrive.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Record> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        Record record;
        while (!TryRead(out record))
        {
            if (!await WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new EndOfStreamException($"The peer of {this} sends nothing more ({CloseReason?.ToString() ?? "end of stream"}).");
            }
        }

        return record;
    }

    /// <summary>All whole records until nothing more arrives. Each is the caller's to dispose.</summary>
    /// <param name="cancellationToken">Ends the sequence with an exception; nothing is lost.</param>
    public async IAsyncEnumerable<Record> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (TryRead(out var record))
            {
                yield return record;
            }
        }
    }

    /// <summary>Stops receiving: the peer is held back by flow control. What has arrived may still be delivered.</summary>
    public void PauseReceive() => ConnectionWork.PostPause(this);

    /// <summary>Receives again, beginning with what was left unread.</summary>
    public void ResumeReceive() => ConnectionWork.PostResume(this);

    internal ReceiveQueue Received => _received
        ?? throw new InvalidOperationException("The connection's records go to its handler: only connections without one are read.");

    /// <summary>Has the connection's records wait for asynchronous readers.</summary>
    internal void QueueReceived() => _received = new ReceiveQueue(this, Settings.Options.MaximumBacklog, Core.Scheduling);
}
