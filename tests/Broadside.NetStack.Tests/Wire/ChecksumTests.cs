using FsCheck;
using FsCheck.Fluent;

namespace Broadside.NetStack.Tests.Wire;

public sealed class ChecksumTests
{
    [Fact]
    public void The_example_of_rfc_1071_sums_as_it_says() =>
        Assert.Equal(0xDDF2, InternetChecksum.Sum([0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]));

    [Fact]
    public void The_example_of_rfc_1624_updates_to_positive_zero() =>
        Assert.Equal(0x0000, OnesComplementSum.Update(0xDD2F, new(0x5555), new(0x3285)));

    [Fact]
    public void All_widths_agree_with_the_naive_sum_at_every_length_and_offset()
    {
        var bytes = new byte[700];
        new Random(1).NextBytes(bytes);
        for (var offset = 0; offset < 9; offset++)
        {
            for (var length = 0; length <= bytes.Length - offset; length++)
            {
                AssertAgree(bytes.AsSpan(offset, length));
            }
        }
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0xFF)]
    [InlineData(0x01)]
    public void All_widths_agree_where_carries_and_zeros_abound(byte value)
    {
        foreach (var length in (int[])[1, 2, 63, 64, 65, 127, 128, 1460, 9000, 65535, 1 << 20])
        {
            var bytes = new byte[length];
            bytes.AsSpan().Fill(value);
            AssertAgree(bytes);
        }
    }

    [Fact]
    public void Sums_of_parts_join_to_the_sum_of_the_whole() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll<byte[], int[]>((bytes, cuts) =>
        {
            var joined = default(PayloadSum);
            var position = 0;
            foreach (var end in cuts.Select(cut => (cut & int.MaxValue) % (bytes.Length + 1)).Order().Append(bytes.Length))
            {
                joined = joined.Append(PayloadSum.Of(bytes.AsSpan(position, end - position)));
                position = end;
            }

            return joined == new PayloadSum(bytes.Length, new(Naive(bytes)));
        }));

    [Fact]
    public void Replacing_words_updates_the_checksum_as_if_computed_anew() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll<ushort[], ushort[], NonNegativeInt>((before, words, at) =>
        {
            // The first word keeps the packet from being all zeros, whose sum is the other zero.
            byte[] packet = [1, 0, .. Bytes(before)];
            var offset = 2 * (1 + (at.Get % (before.Length + 1)));
            var replacement = Bytes(words).AsSpan(0, Math.Min(2 * words.Length, packet.Length - offset));
            var replaced = packet.AsSpan(offset, replacement.Length);
            var checksum = OnesComplementSum.Of(packet).Checksum;
            var updated = OnesComplementSum.Update(checksum, OnesComplementSum.Of(replaced), OnesComplementSum.Of(replacement));
            replacement.CopyTo(replaced);
            return updated == OnesComplementSum.Of(packet).Checksum;
        }));

    [Fact]
    public void Pseudo_headers_sum_like_the_bytes_they_stand_for()
    {
        var lengths = Gen.Choose(0, 65_535).ToArbitrary();
        var ipv6 = WireGenerators.IPv6Unicast.ToArbitrary();
        var ipv4 = WireGenerators.IPv4Unicast.ToArbitrary();
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(ipv6, ipv6, lengths, (source, destination, length) =>
        {
            var bytes = new byte[40];
            source.Write(bytes);
            destination.Write(bytes.AsSpan(16));
            bytes.AsSpan().WriteUInt32(32, (uint)length);
            bytes[39] = (byte)InternetProtocol.Udp;
            return PseudoHeader.Between(source, destination, InternetProtocol.Udp).WithLength(length) == OnesComplementSum.Of(bytes);
        }));
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(ipv4, ipv4, lengths, (source, destination, length) =>
        {
            var bytes = new byte[12];
            source.Write(bytes);
            destination.Write(bytes.AsSpan(4));
            bytes[9] = (byte)InternetProtocol.Tcp;
            bytes.AsSpan().WriteUInt16(10, (ushort)length);
            return PseudoHeader.Between((NetworkAddress)source, destination, InternetProtocol.Tcp).WithLength(length) == OnesComplementSum.Of(bytes);
        }));
    }

    private static byte[] Bytes(ushort[] words) => [.. words.SelectMany(word => (byte[])[(byte)(word >> 8), (byte)word])];

    private static void AssertAgree(ReadOnlySpan<byte> bytes)
    {
        var expected = Naive(bytes);
        Assert.Equal(expected, InternetChecksum.SumScalar(bytes));
        Assert.Equal(expected, InternetChecksum.SumVector128(bytes));
        Assert.Equal(expected, InternetChecksum.SumVector256(bytes));
        Assert.Equal(expected, InternetChecksum.SumVector512(bytes));
        Assert.Equal(expected, InternetChecksum.Sum(bytes));
    }

    // Word by word, each carry brought back at once.
    private static ushort Naive(ReadOnlySpan<byte> bytes)
    {
        var sum = 0;
        for (var index = 0; index < bytes.Length; index += 2)
        {
            sum += (bytes[index] << 8) | (index + 1 < bytes.Length ? bytes[index + 1] : 0);
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)sum;
    }
}
