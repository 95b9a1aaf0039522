namespace Broadside.NetStack.Tests.Wire;

public sealed class ReassemblyTests
{
    private static readonly ReassemblyLimits Limits = new();
    private static readonly byte[] Header = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20];
    private static readonly byte[] Payload = [.. Enumerable.Range(0, 4096).Select(index => (byte)(index * 7))];

    private readonly Reassembler _reassembler = new(Limits);

    [Fact]
    public void Datagrams_cut_shuffled_and_repeated_are_put_together()
    {
        var random = new Random(5);
        for (var run = 0; run < 500; run++)
        {
            var pieces = Enumerable.Range(0, 4).SelectMany(id => Cut((uint)id, random.Next(1, Payload.Length), random)).ToList();
            pieces.AddRange(pieces.Where(_ => random.Next(4) == 0).ToArray());
            var shuffled = pieces.ToArray();
            random.Shuffle(shuffled);
            var completed = new HashSet<uint>();
            foreach (var piece in shuffled.Where(piece => !completed.Contains(piece.Id)))
            {
                if (_reassembler.Add(piece.Fragment, default, out var whole) == FragmentOutcome.Completed)
                {
                    Assert.True(whole.Payload.SequenceEqual(Payload.AsSpan(0, piece.Whole)));
                    Assert.True(whole.Packet[..whole.HeaderLength].SequenceEqual(Header));
                    completed.Add(piece.Id);
                }
            }

            Assert.Equal(4, completed.Count);
            Assert.Equal((0, 0), (_reassembler.Count, _reassembler.HeldBytes));
        }
    }

    [Theory]
    [InlineData(0, 16, 8, 24)]
    [InlineData(8, 24, 0, 16)]
    [InlineData(0, 32, 8, 16)]
    [InlineData(8, 16, 0, 32)]
    public void Overlapping_fragments_end_their_datagram(int start, int end, int nextStart, int nextEnd)
    {
        Assert.Equal(FragmentOutcome.Held, Add(start, end));
        Assert.Equal(FragmentOutcome.Overlapping, Add(nextStart, nextEnd));
        Assert.Equal(0, _reassembler.HeldBytes);

        // All that is still to come is dropped too, until the time is up.
        Assert.Equal(FragmentOutcome.Discarded, Add(64, 72, more: false));
        Assert.False(_reassembler.TryExpire(Limits.Timeout - TimeSpan.FromTicks(1), out _));
        Assert.True(_reassembler.TryExpire(Limits.Timeout, out var expired));
        Assert.True(expired.FirstFragment.IsEmpty);
        Assert.Equal(FragmentOutcome.Held, Add(0, 16));
    }

    [Fact]
    public void A_fragment_behind_the_last_ends_its_datagram()
    {
        Assert.Equal(FragmentOutcome.Held, Add(16, 24, more: false));
        Assert.Equal(FragmentOutcome.Overlapping, Add(24, 32));
    }

    [Fact]
    public void A_last_fragment_before_another_ends_its_datagram()
    {
        Assert.Equal(FragmentOutcome.Held, Add(24, 32));
        Assert.Equal(FragmentOutcome.Overlapping, Add(8, 16, more: false));
    }

    [Theory]
    [InlineData(8, 16)]
    [InlineData(24, 32)]
    public void Two_last_fragments_end_their_datagram(int start, int end)
    {
        Assert.Equal(FragmentOutcome.Held, Add(16, 24, more: false));
        Assert.Equal(FragmentOutcome.Overlapping, Add(start, end, more: false));
    }

    [Fact]
    public void A_fragment_that_changes_its_mind_about_being_the_last_ends_its_datagram()
    {
        Assert.Equal(FragmentOutcome.Held, Add(8, 16));
        Assert.Equal(FragmentOutcome.Duplicate, Add(8, 16));
        Assert.Equal(FragmentOutcome.Overlapping, Add(8, 16, more: false));
    }

    [Fact]
    public void What_is_late_is_given_up_with_its_first_fragment()
    {
        Add(0, 16);
        Add(32, 40, id: 2, now: TimeSpan.FromSeconds(1));
        Assert.Equal(Limits.Timeout, _reassembler.NextDeadline);
        Assert.False(_reassembler.TryExpire(TimeSpan.FromSeconds(59), out _));
        Assert.True(_reassembler.TryExpire(TimeSpan.FromSeconds(61), out var expired));
        Assert.Equal(1U, expired.Key.Identification);
        Assert.Equal([.. Header, .. Payload[..16]], expired.FirstFragment.ToArray());
        Assert.True(_reassembler.TryExpire(TimeSpan.FromSeconds(61), out expired));
        Assert.True(expired.FirstFragment.IsEmpty);
        Assert.False(_reassembler.TryExpire(TimeSpan.MaxValue, out _));
        Assert.Equal((0, 0, TimeSpan.MaxValue), (_reassembler.Count, _reassembler.HeldBytes, _reassembler.NextDeadline));
    }

    [Fact]
    public void At_the_limit_of_datagrams_the_oldest_gives_way()
    {
        for (var id = 0; id <= Limits.MaximumDatagrams; id++)
        {
            Add(0, 8, (uint)id, now: TimeSpan.FromSeconds(id));
        }

        Assert.Equal((Limits.MaximumDatagrams, 1), (_reassembler.Count, _reassembler.Evicted));
        Assert.Equal(FragmentOutcome.Completed, Add(8, 16, 1, more: false));
    }

    [Fact]
    public void At_the_limit_of_memory_the_oldest_gives_way()
    {
        var reassembler = new Reassembler(new() { MaximumBytes = 3000 });
        for (var id = 0; id < 3; id++)
        {
            Assert.Equal(FragmentOutcome.Held, reassembler.Add(Piece((uint)id, 8, 1008), TimeSpan.FromSeconds(id), out _));
        }

        Assert.InRange(reassembler.HeldBytes, 2000, 3000);
        Assert.Equal((2, 1), (reassembler.Count, reassembler.Evicted));
        Assert.Equal(FragmentOutcome.LimitReached, reassembler.Add(Piece(9, 8, 4088), TimeSpan.FromSeconds(9), out _));
        Assert.Equal((1, 0), (reassembler.Count, reassembler.HeldBytes));
    }

    [Fact]
    public void A_datagram_in_too_many_fragments_is_given_up()
    {
        for (var piece = 0; piece < Limits.MaximumFragments; piece++)
        {
            Assert.Equal(FragmentOutcome.Held, Add(piece * 8, (piece * 8) + 8));
        }

        Assert.Equal(FragmentOutcome.LimitReached, Add(4000, 4008));
        Assert.Equal(0, _reassembler.HeldBytes);
    }

    [Theory]
    [InlineData(0, 0, nameof(FragmentOutcome.Completed), 0)]
    [InlineData(2, 2, nameof(FragmentOutcome.Completed), 2)]
    [InlineData(2, 3, nameof(FragmentOutcome.Completed), 3)]
    [InlineData(3, 2, nameof(FragmentOutcome.Completed), 3)]
    [InlineData(2, 0, nameof(FragmentOutcome.Completed), 2)]
    [InlineData(3, 0, nameof(FragmentOutcome.InconsistentEcn), 0)]
    public void Congestion_marks_are_put_together(int first, int second, string expected, int ecn)
    {
        Assert.Equal(FragmentOutcome.Held, _reassembler.Add(Piece(1, 0, 8, ecn: (EcnCodepoint)first), default, out _));
        Assert.Equal(expected, _reassembler.Add(Piece(1, 8, 16, false, (EcnCodepoint)second), default, out var whole).ToString());
        Assert.Equal((EcnCodepoint)ecn, whole.Ecn);
    }

    [Fact]
    public void Headers_too_long_to_hold_end_their_datagram() =>
        Assert.Equal(FragmentOutcome.LimitReached, _reassembler.Add(
            new()
            {
                Key = default,
                Protocol = default,
                Offset = 0,
                MoreFragments = true,
                Ecn = default,
                Header = new byte[513],
                Payload = new byte[8],
            },
            default,
            out _));

    private FragmentOutcome Add(int start, int end, uint id = 1, bool more = true, TimeSpan now = default) =>
        _reassembler.Add(Piece(id, start, end, more), now, out _);

    private static Fragment Piece(uint id, int start, int end, bool more = true, EcnCodepoint ecn = default) => new()
    {
        Key = new(new IPv4Address(1), new IPv4Address(2), id, InternetProtocol.Udp),
        Protocol = InternetProtocol.Udp,
        Offset = start,
        MoreFragments = more,
        Ecn = ecn,
        Header = Header,
        Payload = Payload.AsSpan(start, end - start),
    };

    private static IEnumerable<Cutting> Cut(uint id, int length, Random random)
    {
        for (var start = 0; start < length;)
        {
            var end = Math.Min(length, start + (8 * random.Next(4, 100)));
            yield return new(id, start, end, length);
            start = end;
        }
    }

    private sealed record Cutting(uint Id, int Start, int End, int Whole)
    {
        public Fragment Fragment => Piece(Id, Start, End, End < Whole);
    }
}
