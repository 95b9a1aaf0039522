using System.Net;
using System.Runtime.CompilerServices;
using Broadside.Channels;
using Broadside.Connections;
using Broadside.Groups;

namespace Broadside;

/// <summary>A connection that sends and receives whole records.</summary>
/// <remarks>
/// <para>Made by <see cref="RecordEngine"/>'s listeners and connects. Every member is safe for use from any thread; receiving has one
/// reader at a time.</para>
/// <para>A connection is a group of one: direct sends and sends to its groups reach it in one order, most urgent first.</para>
/// </remarks>
public sealed partial class RecordConnection : IAsyncDisposable
{
    private readonly ChannelHost _host;
    private SendQueue? _direct;
    private TaskCompletionSource? _closed;
    private CancellationTokenSource? _closedToken;
    private ReceiveQueue? _received;
    private volatile ChannelConnection? _transport;
    private volatile bool _isOver;
    private bool _isClosing;
    private CloseReason _closeReason;

    internal RecordConnection(ChannelHost host, ConnectionSettings settings)
    {
        _host = host;
        Settings = settings;
        Id = host.Core.NextConnectionId();
        Outbox = new Outbox(host.Dispatcher, this, settings.Limits);
    }

    /// <summary>The connection's number, unique within its engine, from 1.</summary>
    public long Id { get; }

    /// <summary>The channel it lives on, for its whole life.</summary>
    public IoChannel Channel => _host.Channel;

    /// <summary>This side's endpoint; null before the connection is established.</summary>
    public EndPoint? LocalEndPoint => _transport?.LocalEndPoint;

    /// <summary>The peer's endpoint; null before the connection is established.</summary>
    public EndPoint? RemoteEndPoint => _transport?.RemoteEndPoint;

    /// <summary>
    /// What finds the records in what arrives. A handler may change it while it is called: the next record is found by the new one.
    /// </summary>
    public IRecordFramer Framer
    {
        get => Settings.Framer;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Settings = Settings.With(value);
        }
    }

    /// <summary>Anything the application keeps with the connection.</summary>
    public object? State { get; set; }

    /// <summary>Whether the connection is over.</summary>
    public bool IsClosed => _isOver;

    /// <summary>Why the connection ended; null while it has not.</summary>
    public CloseReason? CloseReason => _isOver ? _closeReason : null;

    /// <summary>Cancelled when the connection is over.</summary>
    public CancellationToken Closed
    {
        get
        {
            lock (Outbox)
            {
                _closedToken ??= new CancellationTokenSource();
                if (_isOver)
                {
                    _closedToken.Cancel();
                }

                return _closedToken.Token;
            }
        }
    }

    /// <summary>Bytes queued for the peer and not handed to the transport, each record counting for 48 more. Approximate when read from another thread.</summary>
    public long QueuedBytes => Outbox.QueuedBytes;

    internal EngineCore Core => _host.Core;

    internal Outbox Outbox { get; }

    internal ConnectionSettings Settings { get; private set; }

    internal PartialReceive? Partial { get; set; }

    internal ReceiveBacklog? Backlog { get; set; }

    /// <summary>Whether no more is to be read: closing or over.</summary>
    internal bool IsOver => _isOver || _isClosing;

    /// <summary>Sends a record to this connection alone.</summary>
    /// <param name="record">The record; the caller keeps the handle.</param>
    /// <param name="options">How.</param>
    /// <returns>The send's name, for <see cref="UnsendAsync"/>; with no members when the connection is closed.</returns>
    /// <exception cref="GroupFullException"><see cref="ConnectionOptions.FullQueue"/> is to wait, and the queue is full.</exception>
    /// <exception cref="ArenaExhaustedException">There is no memory for it; nothing was sent.</exception>
    /// <exception cref="ObjectDisposedException">The record's handle is dead.</exception>
    public SendReceipt Send(Record record, SendOptions options = default) =>
        TrySend(record, out var receipt, options) ? receipt : throw new GroupFullException("The connection's queue is full, and its policy is to wait: use SendAsync, or TrySend.");

    /// <summary>As <see cref="Send"/>, but returns false where that throws <see cref="GroupFullException"/>.</summary>
    /// <param name="record">The record; the caller keeps the handle.</param>
    /// <param name="receipt">The send's name.</param>
    /// <param name="options">How.</param>
    public bool TrySend(Record record, out SendReceipt receipt, SendOptions options = default)
    {
        receipt = default;
        while (DirectQueue() is { } queue)
        {
            var outcome = Core.TrySend(queue, record, options, out receipt);
            if (outcome != SendOutcome.Closed)
            {
                return outcome == SendOutcome.Sent;
            }
        }

        return true;
    }

    /// <summary>Sends bytes to this connection alone: those of a small record are copied straight into its log.</summary>
    /// <param name="bytes">One record, at least one byte.</param>
    /// <param name="receipt">The send's name.</param>
    /// <param name="options">How.</param>
    /// <returns>False when the queue is full and the policy is to wait.</returns>
    public bool TrySend(ReadOnlySpan<byte> bytes, out SendReceipt receipt, SendOptions options = default)
    {
        receipt = default;
        while (DirectQueue() is { } queue)
        {
            var outcome = Core.TrySend(queue, bytes, options, out receipt);
            if (outcome != SendOutcome.Closed)
            {
                return outcome == SendOutcome.Sent;
            }
        }

        return true;
    }

    /// <summary>Sends a record to this connection alone, waiting while its queue is full and its policy is to wait.</summary>
    /// <param name="record">The record; keep the handle alive until this ends.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the wait; nothing was sent then.</param>
    public ValueTask<SendReceipt> SendAsync(Record record, SendOptions options = default, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<SendReceipt>(cancellationToken);
        }

        return TrySend(record, out var receipt, options)
            ? new ValueTask<SendReceipt>(receipt)
            : SendWhenPossibleAsync(record, options, cancellationToken);
    }

    /// <summary>Waits until something of the connection's own queue has been sent.</summary>
    /// <param name="length">Bytes for which there must be room.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitForSpaceAsync(int length, CancellationToken cancellationToken = default)
    {
        while (DirectQueue() is { } queue && queue.IsFull(length))
        {
            await queue.WaitForSpace(length).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes a direct send back, if the peer has not begun to receive it.</summary>
    /// <param name="receipt">What the send returned.</param>
    public ValueTask<UnsendResult> UnsendAsync(SendReceipt receipt) => receipt.Queue is { } queue
        ? queue.UnsendAsync(receipt)
        : new ValueTask<UnsendResult>(default(UnsendResult));

    /// <summary>
    /// Closes gracefully: leaves its groups, sends what is pending, then ends the stream. Nothing more is received. Past the
    /// transport's close timeout the connection is reset. May be called again.
    /// </summary>
    /// <returns>Ends when the connection is over.</returns>
    public Task CloseAsync()
    {
        ConnectionWork.PostClose(this);
        return WhenClosed();
    }

    /// <summary>Resets the connection; what is pending is lost. Does nothing once it is over.</summary>
    public void Abort() => ConnectionWork.PostAbort(this, Broadside.Channels.CloseReason.Aborted, null);

    /// <summary>As <see cref="CloseAsync"/>.</summary>
    public ValueTask DisposeAsync() => new(CloseAsync());

    /// <inheritdoc/>
    public override string ToString() => $"connection {Id} to {RemoteEndPoint?.ToString() ?? "nobody yet"}";

    internal void AbortFor(CloseReason reason, Exception? error) => ConnectionWork.PostAbort(this, reason, error);

    internal Task WhenClosed()
    {
        lock (Outbox)
        {
            _closed ??= Core.NewCompletion();
            if (_isOver)
            {
                _closed.TrySetResult();
            }

            return _closed.Task;
        }
    }

    /// <summary>The queue of direct sends, made when first needed; null once the connection is closed.</summary>
    private SendQueue? DirectQueue()
    {
        if (Volatile.Read(ref _direct) is { } queue)
        {
            return queue;
        }

        lock (Outbox)
        {
            if (_direct is null && !Outbox.RefusesMemberships)
            {
                var made = new SendQueue(Core.Clock, Core.Arena, this);
                if (made.Add(Outbox))
                {
                    Volatile.Write(ref _direct, made);
                }
            }

            return _direct;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SendReceipt> SendWhenPossibleAsync(Record record, SendOptions options, CancellationToken cancellationToken)
    {
        SendReceipt receipt;
        do
        {
            await WaitForSpaceAsync(record.Length, cancellationToken).ConfigureAwait(false);
        }
        while (!TrySend(record, out receipt, options));
        return receipt;
    }
}
