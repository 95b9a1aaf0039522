using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;

namespace Broadside.NetStack.Tests.Tcp;

public sealed class ChallengeAcknowledgmentTests
{
    private readonly ChallengeAcknowledgments _challenges = new(new KeyedHash(7, 8));

    [Fact]
    public void Rfc5961_section_7_a_connection_sends_ten_in_five_seconds()
    {
        var connection = default(InvalidSegmentLimit);
        var sent = 0;
        for (var millisecond = 0; millisecond < 5_000; millisecond++)
        {
            sent += _challenges.TryTake(ref connection, TimeSpan.FromMilliseconds(millisecond)) ? 1 : 0;
        }

        Assert.Equal(10, sent);
    }

    [Fact]
    public void A_connection_at_its_limit_takes_nothing_from_the_others()
    {
        var connection = default(InvalidSegmentLimit);
        for (var attempt = 0; attempt < 10_000; attempt++)
        {
            Assert.Equal(attempt == 0, _challenges.TryTake(ref connection, TimeSpan.Zero));
        }

        Assert.InRange(SentByOthers(second: 0), 499, 1_499);
    }

    [Fact]
    public void Cve_2016_5696_how_many_all_connections_send_differs_from_second_to_second()
    {
        var sent = Enumerable.Range(0, 200).Select(SentByOthers).ToArray();
        Assert.All(sent, count => Assert.InRange(count, 500, 1_500));
        Assert.InRange(sent.Average(), 950, 1_050);
        Assert.True(sent.Distinct().Count() > 150);
        Assert.True(sent.Min() < 600 && sent.Max() > 1_400);
    }

    [Fact]
    public void Who_is_refused_for_all_may_send_in_the_next_second()
    {
        SentByOthers(second: 0);
        var connection = default(InvalidSegmentLimit);
        Assert.False(_challenges.TryTake(ref connection, TimeSpan.FromMilliseconds(999)));
        Assert.True(_challenges.TryTake(ref connection, TimeSpan.FromMilliseconds(1_000)));
    }

    private int SentByOthers(int second) => Enumerable.Range(0, 2_000).Count(_ =>
    {
        var connection = default(InvalidSegmentLimit);
        return _challenges.TryTake(ref connection, TimeSpan.FromSeconds(second));
    });
}
