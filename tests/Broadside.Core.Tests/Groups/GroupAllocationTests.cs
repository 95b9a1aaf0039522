using Broadside.Channels;
using Broadside.Groups;
using Broadside.Tests;

namespace Broadside.Core.Tests.Groups;

/// <summary>Sending to a hundred receivers, from the append to the last release, allocates nothing once warm.</summary>
[Collection(AllocationTests.Name)]
public sealed class GroupAllocationTests
{
    private const int ReceiverCount = 100;

    private readonly SequenceClock _clock = new();
    private readonly Arena _arena = new();
    private readonly TestOwner _owner = new();
    private readonly TestChannel _channel;
    private readonly TestReceiver[] _receivers;
    private readonly SendQueue _queue;
    private readonly byte[] _small = new byte[100];

    public GroupAllocationTests()
    {
        _channel = new TestChannel(_clock);
        _queue = new SendQueue(_clock, _arena, _owner);
        _receivers = [.. Enumerable.Range(0, ReceiverCount).Select(_ => new TestReceiver(_channel) { KeepBytes = false })];
        Assert.All(_receivers, receiver => _queue.Add(receiver.Outbox));
    }

    [Theory]
    [InlineData(SendStatus.Released)]
    [InlineData(SendStatus.Accepted)]
    [InlineData(SendStatus.Pending)]
    public void SendingSmallRecordsAllocatesNothing(SendStatus status)
    {
        SetStatus(status);
        AllocationTests.AssertNone(() =>
        {
            for (var each = 0; each < 50; each++)
            {
                SendSmall(_queue, each % 8);
            }

            Serve();
        });
    }

    [Theory]
    [InlineData(SendStatus.Released)]
    [InlineData(SendStatus.Pending)]
    public void SendingLargeRecordsAllocatesNothing(SendStatus status)
    {
        SetStatus(status);
        using var record = Record.Create(_arena, new byte[100_000]);
        AllocationTests.AssertNone(() =>
        {
            SendRecord(record);
            SendRecord(record);
            Serve();
        });
    }

    [Fact]
    public void SendingDirectlyAllocatesNothing()
    {
        var direct = _receivers.Select(_ => new SendQueue(_clock, _arena, _owner)).ToArray();
        for (var each = 0; each < ReceiverCount; each++)
        {
            direct[each].Add(_receivers[each].Outbox);
        }

        AllocationTests.AssertNone(() =>
        {
            foreach (var queue in direct)
            {
                SendSmall(queue, 4);
            }

            Serve();
        });
    }

    [Fact]
    public void TrimmedLogsComeBackWithoutAllocating()
    {
        AllocationTests.AssertNone(() =>
        {
            SendSmall(_queue, 4);
            Serve();
            _channel.Dispatcher.TrimIdle();
        });
    }

    [Fact]
    public void ConditionsAllocateNothing()
    {
        AllocationTests.AssertNone(() =>
        {
            for (var key = 0; key < 20; key++)
            {
                var request = new SendRequest(_small) { Priority = 4, Key = key % 5, ExpiresAt = 100, Except = _receivers[key].Outbox };
                _queue.TryAppend(request, out _);
            }

            Serve();
        });
    }

    [Fact]
    public void UnsendingAllocatesNothing()
    {
        using var record = Record.Create(_arena, _small);
        var id = GroupLab.IdOf(record);
        AllocationTests.AssertNone(() =>
        {
            var receipt = SendSmall(_queue, 4);
            var bySend = _queue.UnsendAsync(receipt);
            SendRecord(record);
            var byRecord = _queue.UnsendAsync(id);
            Serve();
            if (bySend.Result.Withdrawn + byRecord.Result.Withdrawn != 2 * ReceiverCount)
            {
                throw new InvalidOperationException("Not withdrawn.");
            }
        });
    }

    private SendReceipt SendSmall(SendQueue queue, int priority)
    {
        queue.TryAppend(new SendRequest(_small) { Priority = priority }, out var receipt);
        return receipt;
    }

    private void SendRecord(Record record)
    {
        record.TryTakeReference(out var body);
        _queue.TryAppend(new SendRequest(body!) { Priority = 4 }, out _);
        body!.Release();
    }

    private void SetStatus(SendStatus status)
    {
        foreach (var receiver in _receivers)
        {
            receiver.Status = status;
        }
    }

    private void Serve()
    {
        _channel.Settle();
        for (var more = true; more;)
        {
            more = false;
            foreach (var receiver in _receivers)
            {
                more |= receiver.HasUnreleased;
                Progress(receiver);
            }

            _channel.Settle();
        }
    }

    private static void Progress(TestReceiver receiver)
    {
        if (receiver.HasPending)
        {
            receiver.Accept();
        }

        while (receiver.HasUnreleased)
        {
            receiver.Release();
        }
    }
}
