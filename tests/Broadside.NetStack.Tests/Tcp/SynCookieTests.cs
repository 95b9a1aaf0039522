using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tests.Network;
using Broadside.NetStack.Tests.Wire;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.NetStack.Tests.Tcp;

public sealed class SynCookieTests
{
    private static readonly Flow Flow = Flows.Random(new Random(1));
    private static readonly SequenceNumber Client = new(0x1234_5678);
    private static readonly TcpOptions AllOptions = new() { MaximumSegmentSize = 1460, WindowScale = 7, SackPermitted = true, Timestamps = new(1, 0) };

    private readonly SynCookies _cookies = Create();

    [Fact]
    public void Rfc4987_section_3_6_what_a_syn_said_survives_in_its_cookie()
    {
        var syns =
            from flow in Flows.Any
            from client in WireGenerators.UInt32
            from options in Options
            from ecn in WireGenerators.Bool
            from clock in WireGenerators.UInt32
            from times in Gen.Choose(0, 10_000).Two()
            select (Flow: flow, Client: new SequenceNumber(client), Options: options, Ecn: ecn, Clock: clock, At: times.Item1, Later: times.Item2 % 64);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3_000), Prop.ForAll(syns.ToArbitrary(), syn =>
        {
            var now = TimeSpan.FromSeconds(syn.At);
            var cookies = Create();
            var cookie = cookies.Create(syn.Flow, syn.Client, syn.Options, syn.Ecn, syn.Clock, now);
            uint? echo = syn.Options.Timestamps is null ? null : cookie.Timestamp;
            Assert.True(cookies.TryValidate(syn.Flow, syn.Client, cookie.SequenceNumber, echo, now + TimeSpan.FromSeconds(syn.Later), out var terms));
            Assert.Equal(Expected(syn.Options, syn.Ecn, terms.MaximumSegmentSize), terms);
            Assert.True(terms.MaximumSegmentSize <= Math.Max((int)(syn.Options.MaximumSegmentSize ?? 536), 216));
            Assert.True(syn.Options.Timestamps is null || (int)(syn.Clock - cookie.Timestamp) is >= 0 and < 64);
        }));
    }

    [Theory]
    [InlineData(null, 536)]
    [InlineData(100, 216)]
    [InlineData(535, 216)]
    [InlineData(536, 536)]
    [InlineData(1440, 1440)]
    [InlineData(1459, 1452)]
    [InlineData(1460, 1460)]
    [InlineData(8939, 1460)]
    [InlineData(65_535, 8940)]
    public void The_segment_size_is_the_next_lower_of_the_table(int? said, int kept)
    {
        var cookie = Make(new() { MaximumSegmentSize = (ushort?)said }, TimeSpan.Zero);
        Assert.True(_cookies.TryValidate(Flow, Client, cookie.SequenceNumber, null, TimeSpan.Zero, out var terms));
        Assert.Equal(kept, terms.MaximumSegmentSize);
    }

    [Fact]
    public void A_cookie_is_good_for_its_flow_client_number_and_options_only()
    {
        var cookie = Make(AllOptions, TimeSpan.Zero);
        Assert.True(IsValid(Flow, Client, cookie.SequenceNumber, cookie.Timestamp));
        Assert.False(IsValid(Flow with { RemotePort = (ushort)(Flow.RemotePort ^ 1) }, Client, cookie.SequenceNumber, cookie.Timestamp));
        Assert.False(IsValid(Flow with { Remote = Flow.Local }, Client, cookie.SequenceNumber, cookie.Timestamp));
        Assert.False(IsValid(Flow, Client + 1, cookie.SequenceNumber, cookie.Timestamp));
        Assert.False(IsValid(Flow, Client, cookie.SequenceNumber, null));
        Assert.All(Enumerable.Range(1, 63), bits => Assert.False(IsValid(Flow, Client, cookie.SequenceNumber, cookie.Timestamp ^ (uint)bits)));
        Assert.False(Create(seed: 2).TryValidate(Flow, Client, cookie.SequenceNumber, cookie.Timestamp, TimeSpan.Zero, out _));
    }

    [Fact]
    public void Of_all_numbers_eight_in_each_of_two_periods_are_good()
    {
        Make(AllOptions, TimeSpan.Zero);
        var good = new HashSet<uint>();
        foreach (var period in (int[])[0, 1])
        {
            var now = SynCookies.Period * period;
            foreach (var size in (ushort[])[216, 536, 1220, 1400, 1440, 1452, 1460, 8940])
            {
                good.Add(Make(new() { MaximumSegmentSize = size }, now).SequenceNumber.Value);
            }
        }

        Assert.Equal(16, good.Count);
        Assert.All(good, number => Assert.True(IsValid(Flow, Client, new(number), null, SynCookies.Period)));

        // One to 2^28 for each try, so none of a million; and none of those beside the good ones.
        var random = new Random(4);
        var forged = Enumerable.Range(0, 1_000_000).Select(_ => (uint)random.NextInt64())
            .Concat(good.SelectMany(number => Enumerable.Range(-20, 41).Select(step => number + (uint)step)));
        Assert.All(forged.Where(number => !good.Contains(number)), number => Assert.False(IsValid(Flow, Client, new(number), null, SynCookies.Period)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63.9)]
    [InlineData(64 * 15)]
    [InlineData(64 * 16)]
    [InlineData(64 * 17)]
    public void Cookies_are_good_in_their_period_and_the_next(double madeAt)
    {
        var made = TimeSpan.FromSeconds(madeAt);
        var cookie = Make(AllOptions, made);
        var periodEnd = SynCookies.Period * (1 + Math.Floor(madeAt / 64));
        Assert.True(IsValid(Flow, Client, cookie.SequenceNumber, cookie.Timestamp, periodEnd + SynCookies.Period - TimeSpan.FromTicks(1)));
        Make(AllOptions, periodEnd + SynCookies.Period);
        Assert.False(IsValid(Flow, Client, cookie.SequenceNumber, cookie.Timestamp, periodEnd + SynCookies.Period));
    }

    [Fact]
    public void Where_no_cookie_was_sent_lately_none_is_good()
    {
        var cookie = Make(AllOptions, SynCookies.Period * 3);
        Assert.False(Create().TryValidate(Flow, Client, cookie.SequenceNumber, cookie.Timestamp, SynCookies.Period * 3, out _));
    }

    [Fact]
    public void Secrets_are_replaced_in_time()
    {
        var made = 0;
        var cookies = new SynCookies(() => new KeyedHash((ulong)++made, 0));
        for (var period = 0; period < 64; period++)
        {
            var now = SynCookies.Period * period;
            var cookie = cookies.Create(Flow, Client, AllOptions, false, 0, now);
            Assert.True(cookies.TryValidate(Flow, Client, cookie.SequenceNumber, cookie.Timestamp, now + SynCookies.Period, out _));
        }

        Assert.Equal(2 + 4, made);
    }

    private static Gen<TcpOptions> Options =>
        from maximumSegmentSize in WireGenerators.Optional(WireGenerators.Port)
        from windowScale in WireGenerators.Optional(Gen.Choose(0, TcpOptions.MaximumWindowScale).Select(scale => (byte)scale))
        from sackPermitted in WireGenerators.Bool
        from timestamps in WireGenerators.Optional(WireGenerators.UInt32.Select(value => new TcpTimestamps(value, 0)))
        select new TcpOptions { MaximumSegmentSize = maximumSegmentSize, WindowScale = windowScale, SackPermitted = sackPermitted, Timestamps = timestamps };

    private static SynCookieTerms Expected(TcpOptions options, bool ecn, int maximumSegmentSize) => options.Timestamps is null
        ? new() { MaximumSegmentSize = maximumSegmentSize }
        : new()
        {
            MaximumSegmentSize = maximumSegmentSize,
            Timestamps = true,
            WindowScale = options.WindowScale,
            SackPermitted = options.SackPermitted,
            Ecn = ecn,
        };

    private static SynCookies Create(int seed = 1)
    {
        var random = new Random(seed);
        return new(() => new((ulong)random.NextInt64(), (ulong)random.NextInt64()));
    }

    private SynCookie Make(TcpOptions options, TimeSpan now) => _cookies.Create(Flow, Client, options, ecn: true, 1_000_000, now);

    private bool IsValid(Flow flow, SequenceNumber client, SequenceNumber cookie, uint? echo, TimeSpan now = default) =>
        _cookies.TryValidate(flow, client, cookie, echo, now, out _);
}
