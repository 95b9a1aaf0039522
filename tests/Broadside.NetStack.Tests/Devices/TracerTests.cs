using Broadside.NetStack.Devices;
using Broadside.NetStack.Tests.Wire;

namespace Broadside.NetStack.Tests.Devices;

public sealed class TracerTests
{
    [Theory]
    [InlineData("arp-request", ", ARP, Request who-has 10.9.0.2 tell 10.9.0.1")]
    [InlineData("arp-reply", ", ARP, Reply 10.9.0.2 is-at 2e:87:ee:0e:b4:83")]
    [InlineData("ipv4-fragment-2", "IP 10.9.0.1 > 10.9.0.2: frag 1395:1480@1480+ Udp")]
    [InlineData("ipv4-tcp-syn", "Flags [S], seq 3", ", win 64240, options [mss 1460, sackOK, TS val ", " ecr 0, wscale ", "], length 0")]
    [InlineData("ipv4-tcp-syn-ack", "IP 10.9.0.2.", "Flags [S.], seq ", ", ack ")]
    [InlineData("ipv4-udp", "UDP, length ")]
    [InlineData("ipv4-tcp-sack", "sack ", " {", ":", "}")]
    [InlineData("ipv6-tcp-psh-ack", "IP6 fd00::1.", " > fd00::2.", "Flags [P.]", ", length 5")]
    [InlineData("ipv6-icmp-neighbor-solicitation-3", "ICMP6 NeighborSolicitation code 0")]
    [InlineData("ipv6-fragment", "frag ", "@0+ Udp")]
    public void A_line_says_what_a_frame_is(string name, params string[] parts)
    {
        var line = PacketText.Of(KnownFrames.All[name], LinkLayer.Ethernet);
        Assert.All(parts, part => Assert.Contains(part, line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_line_says_when_and_which_way()
    {
        var time = new VirtualTime();
        var text = new StringWriter();
        using var link = new SimulatedLink(time, linkLayer: LinkLayer.Ethernet);
        using var device = new Tracer(link.A, text, time);
        time.Advance(TimeSpan.FromMilliseconds(1500));
        device.Send(KnownFrames.All["arp-request"]);
        link.B.Send(KnownFrames.All["arp-reply"]);
        device.ReceiveAll();
        var lines = text.ToString().Split('\n');
        Assert.StartsWith("1.500000 Out ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("1.500000 In  ", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_arrives_has_one_line()
    {
        const int Seed = 7;
        var frames = KnownFrames.All.Values.ToArray();
        var mutator = new PacketMutator(new Random(Seed), frames);
        var packet = new byte[4096];
        for (var round = 0; round < 100_000; round++)
        {
            var length = mutator.Next(packet);
            foreach (var linkLayer in new[] { LinkLayer.Ethernet, LinkLayer.None })
            {
                var line = PacketText.Of(packet.AsSpan(0, length), linkLayer);
                Assert.True(line.Length > 0 && !line.Contains('\n', StringComparison.Ordinal), $"seed {Seed}, round {round}: {line}");
            }
        }
    }
}
