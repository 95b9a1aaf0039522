using System.Buffers;
using Broadside.Diagnostics;
using Broadside.Groups;
using Broadside.Records;
using Microsoft.Extensions.Logging;

namespace Broadside.Connections;

/// <summary>What an engine's groups, connections and channels share.</summary>
internal sealed class EngineCore(Arena arena, TimeProvider timeProvider, ILogger logger, ContinuationScheduling scheduling)
{
    private long _lastConnectionId;

    public SequenceClock Clock { get; } = new();

    public Arena Arena { get; } = arena;

    public TimeProvider TimeProvider { get; } = timeProvider;

    public ILogger Logger { get; } = logger;

    public ContinuationScheduling Scheduling { get; } = scheduling;

    public EngineMetrics Metrics { get; } = new();

    public long NextConnectionId() => Interlocked.Increment(ref _lastConnectionId);

    /// <summary>A result to be set on a channel's thread. Whoever waits for it goes on where <see cref="Scheduling"/> says.</summary>
    public TaskCompletionSource<T> NewCompletion<T>() => new(CompletionOptions);

    /// <inheritdoc cref="NewCompletion{T}"/>
    public TaskCompletionSource NewCompletion() => new(CompletionOptions);

    public SendOutcome TrySend(SendQueue queue, Record record, in SendOptions options, out SendReceipt receipt)
    {
        if (!record.TryTakeReference(out var body))
        {
            Record.ThrowDead();
        }

        try
        {
            return Count(queue.TryAppend(Describe(new SendRequest(body), options), out receipt), receipt, body.Length);
        }
        finally
        {
            body.Release();
        }
    }

    public SendOutcome TrySend(SendQueue queue, ReadOnlySpan<byte> bytes, in SendOptions options, out SendReceipt receipt)
    {
        if (bytes.Length > SendQueue.LargestInline)
        {
            using var record = Record.Create(Arena, bytes);
            return TrySend(queue, record, options, out receipt);
        }

        if (bytes.IsEmpty)
        {
            throw new ArgumentException("A record has at least one byte.", nameof(bytes));
        }

        return Count(queue.TryAppend(Describe(new SendRequest(bytes), options), out receipt), receipt, bytes.Length);
    }

    /// <summary>Sends several records as one publication.</summary>
    public SendOutcome TrySend(SendQueue queue, ReadOnlySpan<Record> records, Span<SendReceipt> receipts, in SendOptions options, out int sent)
    {
        var bodies = ArrayPool<RecordEntry>.Shared.Rent(records.Length);
        var reservations = ArrayPool<SendQueue.Reservation>.Shared.Rent(records.Length);
        var taken = 0;
        try
        {
            while (taken < records.Length)
            {
                if (!records[taken].TryTakeReference(out var body))
                {
                    Record.ThrowDead();
                }

                bodies[taken++] = body;
            }

            var outcome = queue.TryAppend(bodies.AsSpan(0, taken), Describe(default, options), reservations, receipts, out sent);
            for (var index = 0; index < sent; index++)
            {
                Count(SendOutcome.Sent, receipts[index], bodies[index].Length);
            }

            return outcome;
        }
        finally
        {
            for (var index = 0; index < taken; index++)
            {
                bodies[index].Release();
            }

            ArrayPool<RecordEntry>.Shared.Return(bodies, clearArray: true);
            ArrayPool<SendQueue.Reservation>.Shared.Return(reservations, clearArray: true);
        }
    }

    private SendOutcome Count(SendOutcome outcome, in SendReceipt receipt, int length)
    {
        if (outcome == SendOutcome.Sent && receipt.Members > 0)
        {
            Metrics.CountSent(length, length > SendQueue.LargestInline);
        }

        return outcome;
    }

    private SendRequest Describe(SendRequest what, in SendOptions options) => what with
    {
        Priority = options.Priority.Value,
        ExpiresAt = ExpiryTimestamp(options.Expiry),
        Except = options.Except?.Outbox,
        Key = options.Key,
    };

    private TaskCreationOptions CompletionOptions =>
        Scheduling == ContinuationScheduling.Inline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously;

    private long ExpiryTimestamp(TimeSpan? expiry) =>
        expiry is { } span ? Math.Max(1, TimeProvider.GetTimestamp() + (long)(span.TotalSeconds * TimeProvider.TimestampFrequency)) : 0;
}
