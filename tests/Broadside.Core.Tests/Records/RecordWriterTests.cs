using System.Buffers;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.Tests.Records;

public sealed class RecordWriterTests
{
    private readonly Arena _arena = new(new ArenaOptions { Diagnostics = true });

    [Fact]
    public void What_is_written_is_the_record()
    {
        using var writer = new RecordWriter(_arena);
        writer.Write("GET "u8);
        "key"u8.CopyTo(writer.GetSpan(3));
        writer.Advance(3);
        "\r\n"u8.CopyTo(writer.GetMemory(2).Span);
        writer.Advance(2);
        Assert.Equal(9, writer.Length);
        using var record = writer.Seal();
        Assert.Equal("GET key\r\n"u8.ToArray(), record.Span.ToArray());
        Assert.Equal(0, writer.Length);
    }

    [Fact]
    public void A_record_within_the_hint_is_contiguous()
    {
        using var writer = new RecordWriter(_arena, 100_000);
        for (var part = 0; part < 100; part++)
        {
            writer.Write(new byte[1000]);
        }

        using var record = writer.Seal();
        Assert.True(record.IsContiguous);
    }

    [Fact]
    public void Any_way_of_writing_gives_the_same_bytes_and_leaves_nothing_behind()
    {
        var parts = Gen.OneOf(Gen.Choose(0, 300), Gen.Choose(0, 20_000), Gen.Choose(0, 700_000)).Select(length => length).ListOf();
        var samples = from lengths in parts from seed in Gen.Choose(0, int.MaxValue - 1) select (Lengths: lengths.ToArray(), Seed: seed);
        Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(50).WithEndSize(20), Prop.ForAll(samples.ToArbitrary(), sample =>
        {
            var random = new Random(sample.Seed);
            var arena = new Arena();
            using var writer = new RecordWriter(arena, random.Next(5000));
            var expected = new List<byte>();
            foreach (var length in sample.Lengths)
            {
                var bytes = new byte[length];
                random.NextBytes(bytes);
                expected.AddRange(bytes);
                if (random.Next(2) == 0)
                {
                    writer.Write(bytes);
                }
                else
                {
                    bytes.CopyTo(writer.GetSpan(length));
                    writer.Advance(length);
                }

                Assert.Equal(expected.Count, writer.Length);
            }

            if (expected.Count > 0)
            {
                var record = writer.Seal();
                Assert.True(record.ToArray().AsSpan().SequenceEqual(expected.ToArray()));
                record.Dispose();
            }

            writer.Dispose();
            Assert.Equal(0, arena.AllocatedBytes);
        }));
    }

    [Fact]
    public void What_was_not_sealed_is_discarded()
    {
        var writer = new RecordWriter(_arena);
        writer.Write(new byte[5000]);
        writer.Discard();
        Assert.Equal(0, writer.Length);
        Assert.Throws<InvalidOperationException>(() => writer.Seal());
        writer.Write(new byte[10]);
        writer.Dispose();
        writer.Dispose();
        Assert.Empty(_arena.Outstanding());
        Assert.Throws<ObjectDisposedException>(() => writer.Write([1]));
        Assert.Throws<ObjectDisposedException>(() => writer.GetSpan().Length);
        Assert.Throws<ObjectDisposedException>(() => writer.Seal());
    }

    [Fact]
    public void Exhaustion_leaves_what_was_written()
    {
        var arena = new Arena(new ArenaOptions { MaximumBytes = Block.Size });
        using var writer = new RecordWriter(arena);
        writer.Write([1, 2, 3]);
        Assert.Throws<ArenaExhaustedException>(() => writer.GetSpan(Block.Size).Length);
        using var record = writer.Seal();
        Assert.Equal([1, 2, 3], record.Span.ToArray());
    }

    [Fact]
    public void Parameters_are_checked()
    {
        using var writer = new RecordWriter(_arena);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RecordWriter(_arena, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.GetSpan(-1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.GetSpan(Arena.MaximumExtent + 1).Length);
        var offered = writer.GetSpan(10).Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(offered + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(-1));
    }
}
