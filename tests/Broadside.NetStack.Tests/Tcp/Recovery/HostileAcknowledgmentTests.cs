using Broadside.NetStack.Tcp.Recovery;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.NetStack.Tests.Tcp.Recovery;

public sealed class HostileAcknowledgmentTests
{
    private const int Segment = 1000;
    private const int MaximumRanges = 64;

    [Fact]
    public void Whatever_is_acknowledged_the_accounts_are_kept_and_a_timer_runs() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll<int, bool>(Holds));

    [Fact]
    public void A_block_far_from_others_is_found_once_it_is_repeated_RFC_2018_4()
    {
        const int Ranges = 2000;
        var scoreboard = new Scoreboard(2 * Ranges);
        var delivery = new Delivery(new(RecoveryOptions.Default));
        scoreboard.Start(new(1), Segment);
        for (var sent = 0; sent < Ranges; sent++)
        {
            scoreboard.Append(Segment, TimeSpan.FromMilliseconds(sent));
        }

        var middle = new SequenceNumber(1) + (Ranges / 2 * Segment);
        var tries = 1;
        for (; !Tries(); tries++)
        {
            Assert.Equal(0, scoreboard.SackedBytes);
        }

        Assert.InRange(tries, 4, 5);
        Assert.Equal(Segment, scoreboard.SackedBytes);

        bool Tries()
        {
            var steps = SackFilter.MaximumSteps;
            return scoreboard.TrySack(new(middle, middle + Segment), delivery, ref steps);
        }
    }

    private static bool Holds(int seed, bool sack)
    {
        var random = new Random(seed);
        var recovery = new LossRecovery(new() { MaximumRanges = MaximumRanges });
        var now = TimeSpan.FromSeconds(1);
        recovery.Timer.Reset();
        recovery.Start(new() { Next = new((uint)random.Next(int.MinValue, int.MaxValue)), SegmentSize = Segment, SackPermitted = sack, EcnCapable = true }, now);
        for (var step = 0; step < 300; step++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(30));
            Transmit(recovery, now);
            var acknowledgment = Any(recovery, random, now);
            recovery.OnAcknowledgment(in acknowledgment, now);
            if (recovery.OnDeadline(now) == RecoveryTimer.TailLossProbe && recovery.TryGetProbe(out var start, out var length))
            {
                recovery.OnSent(start, length, SentKind.Probe, now);
            }

            if (!IsConsistent(recovery, sack))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsConsistent(LossRecovery recovery, bool sack) =>
        recovery.BytesInFlight >= 0
        && recovery.CongestionWindow >= Segment
        && (recovery.NextDeadline < TimeSpan.MaxValue) == (recovery.Outstanding > 0)
        && (!sack || recovery.BytesInFlight + recovery.LostBytes + recovery.SackedBytes == recovery.Outstanding);

    private static void Transmit(LossRecovery recovery, TimeSpan now)
    {
        while (recovery.TryGetRetransmission(Segment, out var start, out var length))
        {
            recovery.OnSent(start, length, SentKind.Retransmission, now);
        }

        for (var sent = 0; sent < 50 && recovery.NewDataAllowance(now) >= Segment; sent++)
        {
            recovery.OnSent(recovery.Next, Segment, SentKind.NewData, now);
        }
    }

    private static Acknowledgment Any(LossRecovery recovery, Random random, TimeSpan now)
    {
        var blocks = new SackBlock[random.Next(5)];
        for (var index = 0; index < blocks.Length; index++)
        {
            blocks[index] = new(Number(), Number());
        }

        return new()
        {
            Number = random.Next(3) == 0 ? Number() : recovery.Unacknowledged,
            Sack = new(blocks),
            CarriesData = random.Next(4) == 0,
            ChangesWindow = random.Next(4) == 0,
            EcnEcho = random.Next(4) == 0,
            EchoedAt = random.Next(4) switch { 0 => TimeSpan.MaxValue, 1 => TimeSpan.Zero, 2 => now, _ => null },
            Sendable = random.Next(2) * Segment,
        };

        SequenceNumber Number() => random.Next(10) switch
        {
            0 => new((uint)random.Next(int.MinValue, int.MaxValue)),
            1 => recovery.Unacknowledged - random.Next(10_000),
            2 => recovery.Next + random.Next(10_000),
            _ => recovery.Unacknowledged + random.Next(recovery.Outstanding + 1),
        };
    }
}
