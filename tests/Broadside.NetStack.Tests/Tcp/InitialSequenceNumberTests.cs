using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tests.Network;

namespace Broadside.NetStack.Tests.Tcp;

public sealed class InitialSequenceNumberTests
{
    private readonly InitialSequenceNumbers _numbers = new(new KeyedHash(3, 4));
    private readonly Random _random = new(6);

    [Fact]
    public void Rfc6528_section_3_numbers_of_one_flow_rise_by_one_in_four_microseconds()
    {
        var flow = Flows.Random(_random);
        var first = _numbers.For(flow, TimeSpan.FromSeconds(10));
        Assert.Equal(first + 250_000, _numbers.For(flow, TimeSpan.FromSeconds(11)));
        Assert.Equal(first, _numbers.For(flow, TimeSpan.FromSeconds(10) + TimeSpan.FromTicks(39)));

        // The clock goes round in 4.77 hours.
        Assert.Equal(first, _numbers.For(flow, TimeSpan.FromSeconds(10) + (TimeSpan.FromMicroseconds(4) * (1L << 32))));
    }

    [Fact]
    public void Rfc6528_section_3_numbers_of_other_flows_and_other_secrets_tell_nothing()
    {
        var flow = Flows.Random(_random);
        var others = new InitialSequenceNumbers(new KeyedHash(3, 5));
        var values = Enumerable.Range(0, 1_000).Select(port => flow with { RemotePort = (ushort)port })
            .SelectMany(other => (uint[])[_numbers.For(other, default).Value, others.For(other, default).Value, _numbers.TimestampOffset(other)]).ToArray();

        // Of 3,000 numbers in 2^32 that two are the same is one to a thousand; the seed is fixed.
        Assert.Equal(values.Length, values.Distinct().Count());
        Assert.InRange(values.Average(value => value / (double)uint.MaxValue), 0.48, 0.52);
    }

    [Fact]
    public void Rfc7323_section_7_1_timestamps_of_one_flow_always_have_the_same_offset()
    {
        var flow = Flows.Random(_random, ipv6: true);
        Assert.Equal(_numbers.TimestampOffset(flow), _numbers.TimestampOffset(flow));
        Assert.NotEqual(_numbers.TimestampOffset(flow), _numbers.For(flow, default).Value);
    }
}
