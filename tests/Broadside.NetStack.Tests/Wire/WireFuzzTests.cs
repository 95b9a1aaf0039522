using System.Globalization;

namespace Broadside.NetStack.Tests.Wire;

/// <summary>
/// Whatever bytes come, no parser throws, and what it accepts is emitted to the same again. BROADSIDE_FUZZ_RUNS says how many packets
/// are tried, BROADSIDE_FUZZ_SEED which.
/// </summary>
public sealed class WireFuzzTests
{
    private const int Largest = 4096;

    private static readonly int Runs = Setting("BROADSIDE_FUZZ_RUNS", 1_000_000);
    private static readonly int Seed = Setting("BROADSIDE_FUZZ_SEED", 11);
    private static readonly byte[][] Corpus = [.. KnownFrames.All.Values];

    [Fact]
    public void Mutated_frames_are_survived()
    {
        var random = new Random(Seed);
        var mutator = new PacketMutator(random, Corpus);
        var walker = new FrameWalker();
        var packet = new byte[Largest];
        for (var run = 0; run < Runs; run++)
        {
            // A mutant's checksums seldom hold: most are let pass, so that what lies behind them is met too.
            walker.Validation = random.Next(8) == 0 ? ChecksumValidation.Software : ChecksumValidation.Offloaded;
            walker.Now += TimeSpan.FromMilliseconds(random.Next(100));
            var length = mutator.Next(packet);
            Survive(packet.AsSpan(0, length), bytes => walker.Frame(bytes));
            while (walker.Reassembler.TryExpire(walker.Now, out _))
            {
            }

            Assert.InRange(walker.Reassembler.HeldBytes, 0, 100_000);
        }

        AssertEverythingMet(walker);
    }

    [Fact]
    public void Random_bytes_are_survived_by_every_parser()
    {
        var random = new Random(Seed);
        var walker = new FrameWalker(ChecksumValidation.Offloaded);
        var packet = new byte[Largest];
        var addresses = new IPv6Representation
        {
            SourceAddress = IPv6Address.Loopback,
            DestinationAddress = IPv6Address.Loopback,
            NextHeader = InternetProtocol.Icmpv6,
            PayloadLength = 0,
            HopLimit = NdpMessage.HopLimit,
        };
        var pseudoHeader = PseudoHeader.Between(IPv6Address.Loopback, IPv6Address.Loopback, InternetProtocol.Tcp);
        for (var run = 0; run < Runs / 8; run++)
        {
            var bytes = packet.AsSpan(0, random.Next(random.Next(200) + 1));
            random.NextBytes(bytes);
            Survive(bytes, bytes => walker.Frame(bytes));
            Survive(bytes, bytes => walker.Arp(bytes));
            Survive(bytes, bytes => walker.Udp(bytes, pseudoHeader));
            Survive(bytes, bytes => walker.Tcp(bytes, pseudoHeader));
            Survive(bytes, bytes => walker.Icmpv4(bytes));
            Survive(bytes, bytes => walker.Icmpv6(bytes, addresses, pseudoHeader));
            SetFirst(bytes, (byte)(0x40 | random.Next(16)));
            Survive(bytes, bytes => walker.IPv4(bytes));
            SetFirst(bytes, (byte)(0x60 | random.Next(16)));
            Survive(bytes, bytes => walker.IPv6(bytes));
            SetFirst(bytes, (byte)random.Next((int)Icmpv6Type.RouterSolicitation, (int)Icmpv6Type.NeighborAdvertisement + 1));
            Survive(bytes, bytes => walker.Icmpv6(bytes, addresses, pseudoHeader));
        }
    }

    [Fact]
    public void Every_prefix_of_a_frame_is_survived()
    {
        var walker = new FrameWalker(ChecksumValidation.Offloaded);
        foreach (var frame in Corpus)
        {
            for (var length = 0; length < frame.Length; length++)
            {
                Survive(frame.AsSpan(0, length), bytes => Assert.False(walker.Frame(bytes)));
            }
        }
    }

    private static void AssertEverythingMet(FrameWalker walker)
    {
        string[] layers =
        [
            "Ethernet", "ARP", "IPv4", "IPv6", "UDP", "TCP", "ICMPv4", "ICMPv4 quote", "ICMPv6", "ICMPv6 quote", "RS", "RA", "NS", "NA",
            "IPv4 Completed", "IPv6 Completed", "IPv4 Overlapping", "IPv6 Overlapping", "IPv4 Duplicate", "IPv4 Discarded", "IPv4 InconsistentEcn",
        ];
        Assert.Empty(layers.Except(walker.Reached.Keys));
        var unmet = Enum.GetValues<PacketDefect>().Where(defect => defect != PacketDefect.None && walker.Defects[(int)defect] == 0);
        Assert.Empty(unmet);
    }

    private static void Survive(ReadOnlySpan<byte> packet, Walk walk)
    {
        try
        {
            walk(packet);
        }
        catch (Exception failure)
        {
            Assert.Fail($"{Convert.ToHexStringLower(packet)}: {failure}");
        }
    }

    private static void SetFirst(Span<byte> bytes, byte value)
    {
        if (!bytes.IsEmpty)
        {
            bytes[0] = value;
        }
    }

    private static int Setting(string name, int usual) =>
        Environment.GetEnvironmentVariable(name) is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : usual;

    private delegate void Walk(ReadOnlySpan<byte> packet);
}
