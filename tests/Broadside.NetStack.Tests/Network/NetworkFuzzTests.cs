using System.Globalization;
using Broadside.NetStack.Devices;
using Broadside.NetStack.Network;
using Broadside.NetStack.Tests.Wire;
using Broadside.NetStack.Udp;

namespace Broadside.NetStack.Tests.Network;

/// <summary>
/// Whatever frames come, nothing throws, and nothing grows beyond its bounds. BROADSIDE_FUZZ_RUNS says how many are tried,
/// BROADSIDE_FUZZ_SEED which.
/// </summary>
public sealed class NetworkFuzzTests
{
    private static readonly int Runs = Setting("BROADSIDE_FUZZ_RUNS", 300_000);
    private static readonly int Seed = Setting("BROADSIDE_FUZZ_SEED", 11);

    [Fact]
    public void Hostile_frames_are_survived_within_bounds()
    {
        var options = Station.Options() with
        {
            Addresses = [new(Station.Own, 8), new(Station.Own6, 16)],
            DuplicateAddressDetectionTransmits = 1,
            Routes = [Route.Default(Station.Peer), Route.Default(Station.Peer6)],
            MaximumNeighbors = 32,
            MaximumPaths = 32,
            MaximumErrorsPerSecond = int.MaxValue,
            MaximumEchoRepliesPerSecond = int.MaxValue,
            Reassembly = new() { MaximumBytes = 100_000 },
        };
        var station = new Station(options);
        station.Transport.IsRecording = station.Device.IsRecording = false;
        var udp = new UdpLayer(station.Layer, new Random(Seed));
        station.Layer.Register(InternetProtocol.Udp, udp);
        var random = new Random(Seed);
        var mutator = new PacketMutator(random, [.. Corpus()]);
        var packet = new byte[1 << 12];
        for (var run = 0; run < Runs; run++)
        {
            var length = mutator.Next(packet);
            if (random.Next(4) > 0 && length >= MacAddress.Length)
            {
                Station.OwnMac.Write(packet);
            }

            Survive(station, packet.AsSpan(0, length), random);
        }

        AssertReached(station.Counters);
        station.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal((0, 0), (station.Layer.Reassembler.Count, station.Layer.Neighbors.PendingCount));
    }

    [Fact]
    public void Hostile_packets_are_survived_without_a_link_layer()
    {
        var station = new Station(linkLayer: LinkLayer.None);
        station.Transport.IsRecording = station.Device.IsRecording = false;
        var random = new Random(Seed);
        var mutator = new PacketMutator(random, [.. Corpus().Select(frame => frame[EthernetFrame.HeaderLength..])]);
        var packet = new byte[1 << 12];
        for (var run = 0; run < Runs / 4; run++)
        {
            Survive(station, packet.AsSpan(0, mutator.Next(packet)), random);
        }

        Assert.True(station.Counters[NetworkCounter.Delivered] > 0 && station.Counters[NetworkCounter.EchoAnswered] > 0);
        Assert.Equal(0, station.Layer.Neighbors.Count);
    }

    private static void Survive(Station station, Span<byte> packet, Random random)
    {
        try
        {
            station.Receive(packet, random.Next(8) == 0 ? ChecksumValidation.Software : ChecksumValidation.Offloaded);
            station.Layer.ProcessLoopback(station.Now);
            station.Advance(TimeSpan.FromMilliseconds(random.Next(100)));
        }
        catch (Exception failure)
        {
            Assert.Fail($"Seed {Seed}: {Convert.ToHexStringLower(packet)}: {failure}");
        }

        Assert.InRange(station.Layer.Neighbors.Count, 0, 32);
        Assert.InRange(station.Layer.Neighbors.PendingCount, 0, 64);
        Assert.InRange(station.Layer.PathCount, 0, 32);
        Assert.InRange(station.Layer.Reassembler.HeldBytes, 0, 100_000);
    }

    private static void AssertReached(NetworkCounters counters)
    {
        NetworkCounter[] met =
        [
            NetworkCounter.FrameForOthers, NetworkCounter.UnknownEtherType, NetworkCounter.PacketForOthers,
            NetworkCounter.ImpossibleSource, NetworkCounter.Delivered, NetworkCounter.UnknownProtocol, NetworkCounter.Fragments,
            NetworkCounter.Sent, NetworkCounter.AwaitedNeighbor, NetworkCounter.EchoAnswered, NetworkCounter.ErrorSent,
            NetworkCounter.ErrorForbidden, NetworkCounter.ErrorReported, NetworkCounter.ErrorNotOurs, NetworkCounter.AddressConflict,
        ];
        Assert.DoesNotContain(met, counter => counters[counter] == 0);
    }

    private static IEnumerable<byte[]> Corpus()
    {
        var quoted = Frames.PacketOf(Frames.IPv4(
            InternetProtocol.Tcp,
            new byte[20],
            header => header with { SourceAddress = Station.Own, DestinationAddress = Station.Peer })).ToArray();
        var part = new byte[IPv6FragmentHeader.Length + 64];
        new IPv6FragmentHeader(InternetProtocol.Udp, 0, true, 1).Emit(part);
        return
        [
            .. KnownFrames.All.Values,
            Frames.Arp(ArpOperation.Request, Station.PeerMac, Station.Peer, default, Station.Own, MacAddress.Broadcast),
            Frames.Arp(ArpOperation.Reply, Station.PeerMac, Station.Peer, Station.OwnMac, Station.Own, Station.OwnMac),
            Frames.Solicitation(Station.PeerMac, Station.Peer6, Station.Own6),
            Frames.Advertisement(
                Station.PeerMac,
                Station.Peer6,
                Station.Own6,
                new() { Solicited = true, TargetAddress = Station.Peer6, TargetLinkLayerAddress = Station.PeerMac },
                Station.OwnMac),
            Frames.IPv4(InternetProtocol.Icmp, Frames.EchoRequest(1, Frames.Bytes(100))),
            Frames.IPv6(InternetProtocol.Icmpv6, Frames.EchoRequest6(1, Frames.Bytes(100), Station.Peer6, Station.Own6)),
            Frames.IPv4(
                InternetProtocol.Icmp, Frames.Icmpv4(Icmpv4Representation.DestinationUnreachable(Icmpv4UnreachableCode.Port), quoted)),
            Frames.IPv4(InternetProtocol.Udp, Frames.Udp(Station.Peer, Station.Own, Frames.Bytes(64))),
            Frames.IPv6(InternetProtocol.Udp, Frames.Udp(Station.Peer6, Station.Own6, Frames.Bytes(64))),
            Frames.IPv4(InternetProtocol.Udp, Frames.Bytes(64), header => header with { MoreFragments = true }),
            Frames.IPv4(InternetProtocol.Udp, Frames.Bytes(60), header => header with { FragmentOffset = 64 }),
            Frames.IPv6(InternetProtocol.Fragment, part),
        ];
    }

    private static int Setting(string name, int usual) =>
        Environment.GetEnvironmentVariable(name) is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : usual;
}
