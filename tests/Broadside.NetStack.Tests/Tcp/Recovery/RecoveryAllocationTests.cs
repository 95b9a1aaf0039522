using Broadside.NetStack.Tcp.Recovery;

namespace Broadside.NetStack.Tests.Tcp.Recovery;

[Collection(AllocationTests.Name)]
public sealed class RecoveryAllocationTests
{
    private const int Segment = 1000;

    [Fact]
    public void A_connection_with_losses_allocates_nothing_once_its_scoreboard_has_grown()
    {
        var recovery = new LossRecovery(RecoveryOptions.Default);
        var now = TimeSpan.Zero;
        var timeouts = 0;
        AllocationTests.AssertNone(() =>
        {
            recovery.Timer.Reset();
            recovery.Start(new() { Next = new(1), SegmentSize = Segment, SackPermitted = true, IsPaced = true }, now);
            for (var round = 0; round < 5; round++)
            {
                Round(recovery, ref now);
            }

            timeouts += recovery.Counters.Timeouts;
            Assert.True(recovery.Counters.FastRecoveries > 0);
        });
        Assert.True(timeouts > 0);
    }

    /// <summary>Sends a window, loses every third segment, recovers, and loses the rest of the window's successor.</summary>
    private static void Round(LossRecovery recovery, ref TimeSpan now)
    {
        var start = recovery.Next;
        for (var segment = 0; segment < 60; segment++)
        {
            recovery.OnSent(recovery.Next, Segment, SentKind.NewData, now);
            now += TimeSpan.FromMicroseconds(10);
        }

        now += TimeSpan.FromMilliseconds(20);
        for (var segment = 1; segment < 60; segment += 3)
        {
            Acknowledge(recovery, start, [new(start + (segment * Segment), start + ((segment + 2) * Segment))], now);
            Retransmit(recovery, now);
        }

        while (recovery.Phase != RecoveryPhase.TimeoutRecovery)
        {
            now = recovery.NextDeadline;
            recovery.OnDeadline(now);
            Retransmit(recovery, now);
        }

        Acknowledge(recovery, recovery.Next, [], now);
        Acknowledge(recovery, recovery.Next, [new(recovery.Next - Segment, recovery.Next)], now);
    }

    private static void Acknowledge(LossRecovery recovery, SequenceNumber number, ReadOnlySpan<SackBlock> blocks, TimeSpan now)
    {
        var acknowledgment = new Acknowledgment { Number = number, Sack = new(blocks), EchoedAt = now };
        recovery.OnAcknowledgment(in acknowledgment, now);
    }

    private static void Retransmit(LossRecovery recovery, TimeSpan now)
    {
        while (recovery.TryGetRetransmission(Segment, out var start, out var length))
        {
            recovery.OnSent(start, length, SentKind.Retransmission, now);
        }
    }
}
