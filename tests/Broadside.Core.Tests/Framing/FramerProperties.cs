using FsCheck;
using FsCheck.Fluent;

namespace Broadside.Tests.Framing;

/// <summary>What holds of every framer, whatever is received and however it is cut.</summary>
public sealed class FramerProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(200);

    [Theory]
    [MemberData(nameof(FramerCase.Names), MemberType = typeof(FramerCase))]
    public void Cuts_make_no_difference(string name)
    {
        var one = FramerCase.Named(name);
        var streams = from records in one.Records.ArrayOf() from seed in Gen.Choose(0, int.MaxValue - 1) select (Records: records, Seed: seed);
        Check.One(Many, Prop.ForAll(streams.ToArbitrary(), sample =>
        {
            var stream = Join(sample.Records);
            var random = new Random(sample.Seed);
            AssertFramed(sample.Records, FramedStream.InOnePiece(one.Framer, stream));
            AssertFramed(sample.Records, FramedStream.ByteByByte(one.Framer, stream));
            AssertFramed(sample.Records, FramedStream.Of(one.Framer, stream, () => random.Next(1, 40)));
            AssertFramed(sample.Records, FramedStream.Of(one.Framer, stream, () => random.Next(1, 40), () => random.Next(0, 9)));
            AssertFramed(sample.Records, FramedStream.Of(one.Framer, stream, () => stream.Length, () => random.Next(0, 3)));
        }));
    }

    [Theory]
    [MemberData(nameof(FramerCase.Names), MemberType = typeof(FramerCase))]
    public void Mutated_records_never_throw_and_cuts_still_make_no_difference(string name)
    {
        var one = FramerCase.Named(name);
        var streams = from records in one.Records.ArrayOf() from seed in Gen.Choose(0, int.MaxValue - 1) select (Records: records, Seed: seed);
        Check.One(Many, Prop.ForAll(streams.ToArbitrary(), sample =>
        {
            var random = new Random(sample.Seed);
            AssertSameOutcome(one.Framer, Mutate(Join(sample.Records), random), random);
        }));
    }

    [Theory]
    [MemberData(nameof(FramerCase.Names), MemberType = typeof(FramerCase))]
    public void Garbage_never_throws_and_cuts_still_make_no_difference(string name)
    {
        var one = FramerCase.Named(name);
        var alphabet = Gen.Frequency(
            (3, Gen.Elements("*$+-:_#,(!=~>%|?\r\n0123456789"u8.ToArray())),
            (1, Gen.Choose(0, 255).Select(value => (byte)value)));
        var streams = from bytes in alphabet.ArrayOf() from seed in Gen.Choose(0, int.MaxValue - 1) select (Bytes: bytes, Seed: seed);
        Check.One(Many.WithMaxTest(1000), Prop.ForAll(
            streams.ToArbitrary(), sample => AssertSameOutcome(one.Framer, sample.Bytes, new Random(sample.Seed))));
    }

    [Theory]
    [MemberData(nameof(FramerCase.Names), MemberType = typeof(FramerCase))]
    public void Nothing_new_changes_nothing(string name)
    {
        var one = FramerCase.Named(name);
        Check.One(Many, Prop.ForAll(one.Records.ToArbitrary(), record =>
        {
            var state = default(FramerState);
            for (var length = 1; length < record.Length; length++)
            {
                var bytes = new System.Buffers.ReadOnlySequence<byte>(record, 0, length);
                var first = one.Framer.TryFrame(bytes, ref state);
                var again = one.Framer.TryFrame(bytes, ref state);
                Assert.Equal(FrameStatus.NeedMore, first.Status);
                Assert.Equal(first.Count, again.Count);
            }
        }));
    }

    private static void AssertFramed(byte[][] expected, FramedStream actual)
    {
        Assert.Null(actual.Reason);
        Assert.Equal(expected, actual.Records);
    }

    private static void AssertSameOutcome(IRecordFramer framer, byte[] stream, Random random)
    {
        var whole = FramedStream.InOnePiece(framer, stream);
        FramedStream[] cut =
        [
            FramedStream.ByteByByte(framer, stream),
            FramedStream.Of(framer, stream, () => random.Next(1, 40), () => random.Next(0, 9)),
        ];
        Assert.All(cut, one =>
        {
            Assert.Equal(whole.Records, one.Records);
            Assert.Equal(whole.Reason is null, one.Reason is null);
        });
    }

    private static byte[] Mutate(byte[] stream, Random random)
    {
        var mutated = stream.ToList();
        for (var times = random.Next(1, 4); times > 0 && mutated.Count > 0; times--)
        {
            var position = random.Next(mutated.Count);
            switch (random.Next(4))
            {
                case 0:
                    mutated[position] = (byte)random.Next(256);
                    break;
                case 1:
                    mutated[position] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    mutated.RemoveAt(position);
                    break;
                default:
                    mutated.Insert(position, mutated[random.Next(mutated.Count)]);
                    break;
            }
        }

        return [.. mutated];
    }

    private static byte[] Join(byte[][] records) => [.. records.SelectMany(record => record)];
}
