using System.Net;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.NetStack.Tests.Wire;

public sealed class NeighborDiscoveryTests
{
    private const ChecksumValidation Verify = ChecksumValidation.Software;

    private static readonly IPv6Address Node = Address("fe80::2c87:eeff:fe0e:b483");
    private static readonly IPv6Address Target = Address("fd00::2");
    private static readonly MacAddress Mac = new(0x2E87_EE0E_B483);

    [Fact]
    public void An_advertisement_is_read_with_each_of_its_prefixes()
    {
        Assert.True(IPv6Packet.TryParse(KnownFrames.Packet("ipv6-icmp-router-advertisement"), out var ip, out _));
        Assert.True(IPv6Representation.TryParse(ip, out var header, out _));
        Assert.True(Icmpv6Packet.TryParse(ip.Payload, out var packet, out _));
        Assert.True(RouterAdvertisementRepresentation.TryParse(packet, header, Verify, out var message, out _));
        var first = new PrefixInformation
        {
            PrefixLength = 64,
            Prefix = Address("fd00::"),
            OnLink = true,
            Autonomous = true,
            ValidLifetime = 86400,
            PreferredLifetime = 14400,
        };
        Assert.Equal(
            new()
            {
                CurrentHopLimit = 64,
                OtherConfiguration = true,
                RouterLifetime = 1800,
                ReachableTime = 30000,
                RetransTimer = 1000,
                SourceLinkLayerAddress = Mac,
                Mtu = 1500,
                Prefix = first,
            },
            message);
        var prefixes = new List<PrefixInformation>();
        var options = RouterAdvertisementRepresentation.Options(packet);
        while (options.TryRead(out var option))
        {
            if (PrefixInformation.TryParse(option, out var prefix))
            {
                prefixes.Add(prefix);
            }
        }

        Assert.Equal([first, new() { PrefixLength = 64, Prefix = Address("fd01::"), OnLink = true, ValidLifetime = 3600, PreferredLifetime = 1800 }], prefixes);
    }

    [Fact]
    public void Prefixes_are_emitted_without_what_is_behind_them() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(
            Gen.Choose(0, 128).ToArbitrary(), WireGenerators.IPv6Unicast.Where(address => !address.IsLinkLocal).ToArbitrary(), (length, address) =>
        {
            var prefix = new PrefixInformation { PrefixLength = (byte)length, Prefix = address, Autonomous = true, ValidLifetime = 2, PreferredLifetime = 1 };
            var bytes = new byte[PrefixInformation.Length];
            prefix.Emit(bytes);
            return PrefixInformation.TryParse(new(bytes), out var parsed) == !parsed.Prefix.IsLinkLocal
                && parsed.Prefix == prefix.Prefix && parsed.Prefix == address.Prefix(length) && parsed.PrefixLength == length;
        }));

    [Fact]
    public void What_is_emitted_is_parsed_again()
    {
        var header = Header(Node, IPv6Address.AllNodes);
        var solicitation = new NeighborSolicitationRepresentation(Target, Mac);
        var solicited = Emit(solicitation.Length, bytes => solicitation.Emit(bytes, header));
        Assert.True(Icmpv6Packet.TryParse(solicited, out var packet, out _));
        Assert.True(NeighborSolicitationRepresentation.TryParse(packet, header, Verify, out var again, out _));
        Assert.Equal(solicitation, again);

        var advertisement = new NeighborAdvertisementRepresentation { TargetAddress = Target, TargetLinkLayerAddress = Mac, Override = true, Router = true };
        var advertised = Emit(advertisement.Length, bytes => advertisement.Emit(bytes, header));
        Assert.True(Icmpv6Packet.TryParse(advertised, out packet, out _));
        Assert.True(NeighborAdvertisementRepresentation.TryParse(packet, header, Verify, out var parsed, out _));
        Assert.Equal(advertisement, parsed);
    }

    [Fact]
    public void A_message_from_beyond_a_router_is_refused() =>
        AssertSolicitation(new(Target, Mac), Header(Node, Target.SolicitedNode) with { HopLimit = 254 }, PacketDefect.BadNeighborDiscovery);

    [Fact]
    public void Who_has_no_address_asks_the_group_and_does_not_say_where_it_is()
    {
        var header = Header(IPv6Address.Unspecified, Target.SolicitedNode);
        AssertSolicitation(new(Target, null), header, PacketDefect.None);
        AssertSolicitation(new(Target, Mac), header, PacketDefect.BadNeighborDiscovery);
        AssertSolicitation(new(Target, null), header with { DestinationAddress = IPv6Address.AllNodes }, PacketDefect.BadNeighborDiscovery);

        var question = new RouterSolicitationRepresentation(Mac);
        Assert.True(Icmpv6Packet.TryParse(Emit(question.Length, bytes => question.Emit(bytes, Header(Node, IPv6Address.AllRouters))), out var packet, out _));
        Assert.False(RouterSolicitationRepresentation.TryParse(packet, header, ChecksumValidation.Offloaded, out _, out var defect));
        Assert.Equal(PacketDefect.BadNeighborDiscovery, defect);
        Assert.Throws<InvalidOperationException>(() => question.Emit(new byte[question.Length], header));
    }

    [Fact]
    public void No_group_has_a_neighbor()
    {
        var header = Header(Node, Target.SolicitedNode);
        var bytes = Emit(24, bytes => new NeighborSolicitationRepresentation(Target, null).Emit(bytes, header));
        IPv6Address.AllNodes.Write(bytes.AsSpan(8));
        Assert.True(Icmpv6Packet.TryParse(bytes, out var packet, out _));
        Assert.False(NeighborSolicitationRepresentation.TryParse(packet, header, ChecksumValidation.Offloaded, out _, out var defect));
        Assert.Equal(PacketDefect.BadDestinationAddress, defect);
    }

    [Fact]
    public void An_answer_to_a_group_is_refused()
    {
        var answer = new NeighborAdvertisementRepresentation { TargetAddress = Target, Solicited = true };
        var toGroup = Header(Node, IPv6Address.AllNodes);
        Assert.True(Icmpv6Packet.TryParse(Emit(answer.Length, bytes => answer.Emit(bytes, Header(Node, Target))), out var packet, out _));
        Assert.False(NeighborAdvertisementRepresentation.TryParse(packet, toGroup, ChecksumValidation.Offloaded, out _, out var defect));
        Assert.Equal(PacketDefect.BadNeighborDiscovery, defect);
        Assert.Throws<InvalidOperationException>(() => answer.Emit(new byte[answer.Length], toGroup));
    }

    [Fact]
    public void A_router_that_is_not_on_the_link_is_refused()
    {
        var message = new RouterAdvertisementRepresentation { RouterLifetime = 9 };
        var remote = Header(Target, IPv6Address.AllNodes);
        Assert.True(Icmpv6Packet.TryParse(Emit(message.Length, bytes => message.Emit(bytes, Header(Node, IPv6Address.AllNodes))), out var packet, out _));
        Assert.False(RouterAdvertisementRepresentation.TryParse(packet, remote, ChecksumValidation.Offloaded, out _, out var defect));
        Assert.Equal(PacketDefect.BadNeighborDiscovery, defect);
        Assert.Throws<InvalidOperationException>(() => message.Emit(new byte[message.Length], remote));
    }

    [Theory]
    [InlineData("0100000000000000", false)]
    [InlineData("0102000000000000", false)]
    [InlineData("01", false)]
    [InlineData("0e01000000000000", true)]
    [InlineData("", true)]
    public void Options_of_impossible_length_are_refused(string options, bool expected) =>
        Assert.Equal(expected, NdpOptions.TryParse(Convert.FromHexString(options), out _));

    [Theory]
    [InlineData("0101ffffffffffff")]
    [InlineData("01020000000000010000000000000000")]
    [InlineData("05020000000000010000000000000000")]
    [InlineData("0304818000000002000000010000000020010000000000000000000000000000")]
    [InlineData("0304408000000001000000020000000020010000000000000000000000000000")]
    [InlineData("03044080000000020000000100000000fe800000000000000000000000000000")]
    public void Options_that_cannot_be_meant_are_passed_over(string options)
    {
        Assert.True(NdpOptions.TryParse(Convert.FromHexString(options), out var parsed));
        Assert.Equal(default, parsed);
    }

    // Emitted as it should be, then met where it should not.
    private static void AssertSolicitation(NeighborSolicitationRepresentation message, IPv6Representation header, PacketDefect expected)
    {
        var bytes = Emit(message.Length, bytes => message.Emit(bytes, Header(Node, Target.SolicitedNode)));
        Assert.True(Icmpv6Packet.TryParse(bytes, out var packet, out _));
        NeighborSolicitationRepresentation.TryParse(packet, header, ChecksumValidation.Offloaded, out _, out var defect);
        Assert.Equal(expected, defect);
        if (expected != PacketDefect.None)
        {
            Assert.Throws<InvalidOperationException>(() => message.Emit(bytes, header));
        }
    }

    private static byte[] Emit(int length, Action<byte[]> emit)
    {
        var bytes = new byte[length];
        emit(bytes);
        return bytes;
    }

    private static IPv6Representation Header(IPv6Address source, IPv6Address destination) => new()
    {
        SourceAddress = source,
        DestinationAddress = destination,
        NextHeader = InternetProtocol.Icmpv6,
        PayloadLength = 0,
        HopLimit = NdpMessage.HopLimit,
    };

    private static IPv6Address Address(string text) => IPv6Address.From(IPAddress.Parse(text));
}
