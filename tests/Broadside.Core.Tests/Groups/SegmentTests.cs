using Broadside.Groups;

namespace Broadside.Core.Tests.Groups;

public sealed class SegmentTests : IDisposable
{
    private readonly Arena _arena = new();
    private readonly Segment _segment;

    public SegmentTests()
    {
        // Sequences 10, 20, ...; lengths 10, 11, ...; the entry in the middle is large and takes no room here.
        _segment = Segment.Rent(_arena, 4096, 1);
        var position = 0L;
        for (var each = 0; each < 20; each++)
        {
            var length = 10 + each;
            var index = _segment.Reserve(each == 10 ? 0 : length);
            ref var entry = ref _segment.Entries[index];
            entry.Sequence = (each + 1) * 10;
            entry.Position = position;
            entry.Length = length;
            entry.Large = null;
            position += entry.Cost;
            _segment.Publish();
        }
    }

    public void Dispose() => _segment.Release();

    [Fact]
    public void FirstAfterFindsTheFirstOfAHigherSequence()
    {
        for (var sequence = 0; sequence < 220; sequence++)
        {
            for (var from = 0; from <= 20; from++)
            {
                var expected = Enumerable.Range(from, 20 - from).FirstOrDefault(index => _segment.Entries[index].Sequence > sequence, 20);
                Assert.Equal(expected, _segment.FirstAfter(sequence, from, 20));
            }
        }
    }

    [Fact]
    public void FirstAtFindsTheFirstAtAPosition()
    {
        for (var position = 0; position < 1500; position += 7)
        {
            var expected = Enumerable.Range(0, 20).FirstOrDefault(index => _segment.Entries[index].Position >= position, 20);
            Assert.Equal(expected, _segment.FirstAt(position, 0, 20));
        }

        Assert.Equal(5, _segment.FirstAt(_segment.Entries[5].Position, 0, 20));
    }

    [Fact]
    public void LastFittingTakesAllThatFitsAndAtLeastOne()
    {
        foreach (var (from, end) in from start in Enumerable.Range(0, 10) from stop in Enumerable.Range(start + 1, 10 - start) select (start, stop))
        {
            for (var bytes = 1; bytes < 200; bytes++)
            {
                var lengths = Enumerable.Range(from, end - from).Select(index => _segment.Entries[index].Length).ToArray();
                var fitting = Enumerable.Range(1, end - from).Count(count => lengths.Take(count).Sum() <= bytes);
                Assert.Equal(from + Math.Max(1, fitting), _segment.LastFitting(from, end, bytes));
            }
        }
    }

    [Fact]
    public void ASegmentComesBackClean()
    {
        var other = Segment.Rent(_arena, 300, 2);
        Assert.Equal(512, other.Size);
        other.Reserve(100);
        other.ConditionsOf(0).ExpiresAt = 9;
        other.Publish();
        other.Release();
        Assert.False(other.Bytes.IsEmpty);
        other.Release();
        Assert.True(other.Bytes.IsEmpty);
        Assert.Equal((0, 0, 0L), (other.Used, other.EntryCount, other.Conditions![0].ExpiresAt));
    }

    [Fact]
    public void HasRoomCountsBytesAndEntries()
    {
        var other = Segment.Rent(_arena, Segment.SmallestSize, 1);
        Assert.True(other.HasRoom(256));
        Assert.False(other.HasRoom(257));
        for (var each = 0; each < 2; each++)
        {
            other.Reserve(1);
            other.Publish();
        }

        Assert.False(other.HasRoom(0));
        other.Release();
    }
}
