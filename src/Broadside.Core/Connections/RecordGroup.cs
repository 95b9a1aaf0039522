using System.Runtime.CompilerServices;
using Broadside.Connections;
using Broadside.Groups;
using Microsoft.Extensions.Logging;

namespace Broadside;

/// <summary>A set of connections a record is sent to: appended once, whatever their number.</summary>
/// <remarks>
/// <para>Made by <see cref="RecordEngine.CreateGroup"/>. Every member is safe for use from any thread.</para>
/// <para>Records of equal priority reach a member in the order in which they were sent; a member gets nothing sent before it was
/// added and nothing sent after it was removed; at each record boundary the most urgent pending record goes next.</para>
/// </remarks>
public sealed class RecordGroup : IDisposable
{
    private readonly SendQueue _queue;
    private readonly QueueOwner _owner;

    internal RecordGroup(string name, GroupOptions options, EngineCore core)
    {
        Name = name;
        Options = options;
        Core = core;
        _owner = new QueueOwner(this);
        _queue = new SendQueue(core.Clock, core.Arena, _owner);
    }

    /// <summary>A member lagged further than the group allows, and this is what was done. Raised on its channel's thread; must not block.</summary>
    public event Action<SlowMemberEvent>? SlowMember;

    /// <summary>The group's name, for logs and metrics.</summary>
    public string Name { get; }

    /// <summary>The group's limits.</summary>
    public GroupOptions Options { get; }

    /// <summary>How many members there are.</summary>
    public int Count => _queue.Count;

    private EngineCore Core { get; }

    /// <summary>The members now, as a new list.</summary>
    public IReadOnlyList<RecordConnection> Members()
    {
        var members = _queue.Members();
        return Array.ConvertAll(members, static member => (RecordConnection)member.Transport);
    }

    /// <summary>Whether a connection is a member.</summary>
    /// <param name="connection">The connection.</param>
    public bool Contains(RecordConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return _queue.Contains(connection.Outbox);
    }

    /// <summary>Adds a member. What is sent after this returns is delivered to it.</summary>
    /// <param name="connection">A connection of the same engine.</param>
    /// <returns>False when it is a member, is still leaving (see <see cref="RemoveAsync"/>) or is closed, or the group is disposed.</returns>
    public bool Add(RecordConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (!ReferenceEquals(connection.Core, Core))
        {
            throw new ArgumentException("The connection belongs to another engine than the group.", nameof(connection));
        }

        return _queue.Add(connection.Outbox);
    }

    /// <summary>Removes a member at once: what it has not begun to receive is discarded.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>False when it was none.</returns>
    public bool Remove(RecordConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return _queue.Remove(connection.Outbox);
    }

    /// <summary>Removes a member after it was sent what had been sent to the group before this call.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>Ends when that has been handed to its transport, with false when it was no member.</returns>
    public async Task<bool> RemoveAsync(RecordConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var completion = new LeaveCompletion(Core.NewCompletion());
        if (!_queue.RemoveDrained(connection.Outbox, completion))
        {
            return false;
        }

        await completion.Task.ConfigureAwait(false);
        return true;
    }

    /// <summary>Sends a record to all members.</summary>
    /// <param name="record">The record; the caller keeps the handle.</param>
    /// <param name="options">How.</param>
    /// <returns>The send's name, for <see cref="UnsendAsync(SendReceipt)"/>.</returns>
    /// <exception cref="GroupFullException">The policy is to wait, and a member lags as far as it may.</exception>
    /// <exception cref="ArenaExhaustedException">There is no memory for it; nothing was sent.</exception>
    /// <exception cref="ObjectDisposedException">The record's handle is dead, or the group was disposed.</exception>
    /// <exception cref="ArgumentException">The record is longer than a member may lag.</exception>
    public SendReceipt Send(Record record, SendOptions options = default) =>
        TrySend(record, out var receipt, options) ? receipt : throw new GroupFullException();

    /// <summary>As <see cref="Send(Record, SendOptions)"/>, but returns false where that throws <see cref="GroupFullException"/>.</summary>
    /// <param name="record">The record; the caller keeps the handle.</param>
    /// <param name="receipt">The send's name.</param>
    /// <param name="options">How.</param>
    public bool TrySend(Record record, out SendReceipt receipt, SendOptions options = default) =>
        Core.TrySend(_queue, record, options, out receipt) switch
        {
            SendOutcome.Sent => true,
            SendOutcome.Full => false,
            _ => throw Disposed(),
        };

    /// <summary>Sends several records in order, as one publication: it costs one lock and one wake-up of each channel however many they are.</summary>
    /// <param name="records">The records; the caller keeps the handles.</param>
    /// <param name="receipts">Takes the sends' names; at least as long as <paramref name="records"/>.</param>
    /// <param name="options">How each is sent. With a key, only the last of them counts.</param>
    /// <returns>How many were sent: fewer than there are when the policy is to wait, and a member lags as far as it may.</returns>
    /// <exception cref="ArenaExhaustedException">There is no memory for one of them; those before it were sent.</exception>
    /// <exception cref="ObjectDisposedException">A record's handle is dead (nothing was sent), or the group was disposed.</exception>
    /// <exception cref="ArgumentException">A record is longer than a member may lag, or <paramref name="receipts"/> is too short.</exception>
    public int Send(ReadOnlySpan<Record> records, Span<SendReceipt> receipts, SendOptions options = default)
    {
        if (receipts.Length < records.Length)
        {
            throw new ArgumentException($"{records.Length} records need as many receipts; there is room for {receipts.Length}.", nameof(receipts));
        }

        return Core.TrySend(_queue, records, receipts[..records.Length], options, out var sent) == SendOutcome.Closed
            ? throw Disposed()
            : sent;
    }

    /// <summary>Sends bytes to all members: those of a small record are copied straight into the group's log.</summary>
    /// <param name="bytes">One record, at least one byte.</param>
    /// <param name="receipt">The send's name.</param>
    /// <param name="options">How.</param>
    /// <returns>False when the policy is to wait, and a member lags as far as it may.</returns>
    public bool TrySend(ReadOnlySpan<byte> bytes, out SendReceipt receipt, SendOptions options = default) =>
        Core.TrySend(_queue, bytes, options, out receipt) switch
        {
            SendOutcome.Sent => true,
            SendOutcome.Full => false,
            _ => throw Disposed(),
        };

    /// <summary>Sends a record to all members, waiting while the group is full. Past <see cref="GroupOptions.WaitTimeout"/> those in the way are disconnected.</summary>
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

    /// <summary>Waits until a record of <paramref name="length"/> bytes may be sent without waiting. Past <see cref="GroupOptions.WaitTimeout"/> those in the way are disconnected.</summary>
    /// <param name="length">Bytes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitForSpaceAsync(int length, CancellationToken cancellationToken = default)
    {
        // One deadline for the whole wait: a member that advances without making room does not prolong it.
        var started = Core.TimeProvider.GetTimestamp();
        while (_queue.IsFull(length))
        {
            var left = Options.WaitTimeout - Core.TimeProvider.GetElapsedTime(started);
            try
            {
                await _queue.WaitForSpace(length)
                    .WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, Core.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                _queue.DisconnectLaggards(length);
                started = Core.TimeProvider.GetTimestamp();
            }
        }
    }

    /// <summary>Takes a send back from every member that has not begun to receive it. Costs the same however many members there are.</summary>
    /// <param name="receipt">What the send returned.</param>
    /// <returns>Ends when every channel has acknowledged: from then on nobody else receives it.</returns>
    /// <exception cref="ArgumentException">The receipt is of another group.</exception>
    public ValueTask<UnsendResult> UnsendAsync(SendReceipt receipt)
    {
        if (receipt.Queue is not null && !ReferenceEquals(receipt.Queue, _queue))
        {
            throw new ArgumentException($"The receipt is not of a send to the group '{Name}'.", nameof(receipt));
        }

        return CountWithdrawnAsync(_queue.UnsendAsync(receipt));
    }

    /// <summary>Takes every pending send of a record back from the members that have not begun to receive it.</summary>
    /// <param name="record">The record.</param>
    /// <returns>The sum over its sends that were still pending on a channel.</returns>
    /// <exception cref="ObjectDisposedException">The record's handle is dead.</exception>
    public ValueTask<UnsendResult> UnsendAsync(Record record)
    {
        if (!record.TryTakeReference(out var body))
        {
            Record.ThrowDead();
        }

        var id = body.Id;
        body.Release();
        return CountWithdrawnAsync(_queue.UnsendAsync(id));
    }

    /// <summary>Ends the group: no further sends; its members leave once they were sent what is pending. May be called again.</summary>
    public void Dispose() => _queue.Close();

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Count} members)";

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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<UnsendResult> CountWithdrawnAsync(ValueTask<UnsendResult> unsend)
    {
        var result = await unsend.ConfigureAwait(false);
        Core.Metrics.CountWithdrawn(result.Withdrawn);
        return result;
    }

    private ObjectDisposedException Disposed() => new(nameof(RecordGroup), $"The group '{Name}' was disposed.");

    private void OnSlowMember(RecordConnection member, SlowMemberPolicy policy, long records, long bytes)
    {
        GroupLogMessages.SlowMember(Core.Logger, Name, member.Id, policy, records, bytes);
        if (policy == SlowMemberPolicy.DropOldest)
        {
            Core.Metrics.CountDroppedRecords(records);
        }
        else
        {
            Core.Metrics.CountDisconnectedMember();
        }

        try
        {
            SlowMember?.Invoke(new SlowMemberEvent(this, member, policy, records, bytes));
        }
        catch (Exception exception)
        {
            GroupLogMessages.CallbackFaulted(Core.Logger, exception, Name);
        }
    }

    private Record? MakeGapNotice(RecordConnection member, long records, long bytes)
    {
        try
        {
            return Options.GapNotice?.Invoke(new RecordGap(member, records, bytes));
        }
        catch (Exception exception)
        {
            GroupLogMessages.CallbackFaulted(Core.Logger, exception, Name);
            return null;
        }
    }

    /// <summary>Keeps the queue's callbacks out of the group's public face.</summary>
    private sealed class QueueOwner(RecordGroup group) : IQueueOwner
    {
        public SlowMemberPolicy SlowMembers => group.Options.SlowMembers;

        public long MaximumLag => group.Options.MaximumLag;

        public ContinuationScheduling Scheduling => group.Core.Scheduling;

        public Record? MakeGapNotice(Outbox member, long records, long bytes) =>
            group.MakeGapNotice((RecordConnection)member.Transport, records, bytes);

        public void OnTrimmed(SendQueue queue)
        {
        }

        public void OnSlowMember(Outbox member, SlowMemberPolicy policy, long records, long bytes) =>
            group.OnSlowMember((RecordConnection)member.Transport, policy, records, bytes);
    }
}

internal static partial class GroupLogMessages
{
    [LoggerMessage(EventId = 200, Level = LogLevel.Information,
        Message = "Group {Group}: member {Member} lagged too far ({Policy}); {Records} records, {Bytes} bytes.")]
    public static partial void SlowMember(ILogger logger, string group, long member, SlowMemberPolicy policy, long records, long bytes);

    [LoggerMessage(EventId = 201, Level = LogLevel.Error, Message = "A callback of group {Group} threw.")]
    public static partial void CallbackFaulted(ILogger logger, Exception exception, string group);
}
