namespace Broadside.NetStack.Tests.Wire;

public sealed class IPv6HeaderChainTests
{
    private const string Udp = "1b599c41000c00006461746100000000";
    private const string Padding = "010400000000";

    [Fact]
    public void A_chain_is_walked_to_the_upper_layer()
    {
        Assert.True(IPv6Packet.TryParse(KnownFrames.Packet("ipv6-chain-udp"), out var packet, out _));
        Assert.True(IPv6HeaderChain.TryParse(packet, out var chain, out _));
        Assert.Equal((InternetProtocol.Udp, 32, 12), (chain.Protocol, chain.Length, chain.Payload.Length));
        Assert.Null(chain.Fragment);
    }

    [Fact]
    public void An_atomic_fragment_is_a_whole_packet()
    {
        Assert.True(IPv6Packet.TryParse(KnownFrames.Packet("ipv6-atomic-fragment-udp"), out var packet, out _));
        Assert.True(IPv6HeaderChain.TryParse(packet, out var chain, out _));
        Assert.Equal((InternetProtocol.Udp, 8), (chain.Protocol, chain.Length));
        Assert.Null(chain.Fragment);
    }

    [Fact]
    public void Every_defect_is_told_and_answered_as_its_rfc_says()
    {
        // Each is told from the place in the packet where the bytes say so: 40 is the first behind the fixed header.
        AssertDefect(0, "1100C20400010000" + Udp, new(PacketDefect.UnrecognizedOption, ParameterProblemCode.UnrecognizedOption, 42));
        AssertDefect(0, "11000000008200" + "00" + Udp, new(PacketDefect.UnrecognizedOption, ParameterProblemCode.UnrecognizedOption, 45));
        AssertDefect(60, "1100420400000000" + Udp, PacketDefect.UnrecognizedOption);
        AssertDefect(60, "1100010500000000" + Udp, PacketDefect.BadOption);
        AssertDefect(60, "1100000000000005" + Udp, PacketDefect.BadOption);
        AssertDefect(60, "1101" + Padding, PacketDefect.Truncated);
        AssertDefect(60, "110001", PacketDefect.Truncated);
        AssertDefect(60, "0000" + Padding + "1100" + Padding + Udp, new(PacketDefect.UnrecognizedOption, ParameterProblemCode.UnrecognizedNextHeader, 40));
        AssertDefect(43, "1100000100000000" + Udp, new(PacketDefect.SourceRouted, ParameterProblemCode.ErroneousHeaderField, 42));
        AssertDefect(44, "11000001000000", PacketDefect.Truncated);
        AssertDefect(44, "1100000100000001" + Udp + "00", new(PacketDefect.BadFragment, ParameterProblemCode.ErroneousHeaderField, 4));
        AssertDefect(44, "1100fff800000001" + Udp, new(PacketDefect.BadFragment, ParameterProblemCode.ErroneousHeaderField, 42));
        AssertDefect(44, "1100000800000001", PacketDefect.BadFragment);
        AssertDefect(44, "0600000100000001" + Udp, new(PacketDefect.IncompleteHeaderChain, ParameterProblemCode.IncompleteHeaderChain));
        AssertDefect(44, "3c00000100000001" + "110101040000000" + "0", new(PacketDefect.IncompleteHeaderChain, ParameterProblemCode.IncompleteHeaderChain));
        AssertDefect(44, "3c00000100000001" + "1100820400000000" + Udp, new(PacketDefect.UnrecognizedOption, ParameterProblemCode.UnrecognizedOption, 50));
        AssertDefect(44, "2c00000100000001" + "1100000100000002" + Udp, PacketDefect.BadFragment);
    }

    [Fact]
    public void An_option_that_excuses_groups_is_not_answered_to_a_group() =>
        AssertDefect(0, "1100C20400010000" + Udp, PacketDefect.UnrecognizedOption, IPv6Address.AllNodes);

    [Theory]
    [InlineData(8, nameof(PacketDefect.None))]
    [InlineData(9, nameof(PacketDefect.TooManyHeaders))]
    public void No_more_than_a_few_headers_are_walked(int headers, string expected) =>
        AssertDefect(60, string.Concat(Enumerable.Repeat("3c00" + Padding, headers - 1)) + "1100" + Padding + Udp, Enum.Parse<PacketDefect>(expected));

    [Theory]
    [InlineData(8, nameof(PacketDefect.None))]
    [InlineData(9, nameof(PacketDefect.TooManyHeaders))]
    public void No_more_than_a_few_options_are_looked_at(int options, string expected) =>
        AssertDefect(0, "1103" + string.Concat(Enumerable.Repeat("1e00", options)).PadRight(60, '0') + Udp, Enum.Parse<PacketDefect>(expected));

    [Fact]
    public void Addresses_stand_only_where_they_may()
    {
        var mapped = IPv6Address.Mapped(new(0x0A09_0001));
        Assert.Equal(PacketDefect.BadSourceAddress, Defect(mapped, IPv6Address.Loopback));
        Assert.Equal(PacketDefect.BadSourceAddress, Defect(IPv6Address.AllNodes, IPv6Address.Loopback));
        Assert.Equal(PacketDefect.BadDestinationAddress, Defect(IPv6Address.Loopback, mapped));
        Assert.Equal(PacketDefect.BadDestinationAddress, Defect(IPv6Address.Loopback, IPv6Address.Unspecified));
        Assert.Equal(PacketDefect.None, Defect(IPv6Address.Unspecified, IPv6Address.AllNodes));
        var refused = new IPv6Representation { SourceAddress = mapped, DestinationAddress = IPv6Address.Loopback, NextHeader = default, PayloadLength = 0 };
        Assert.Throws<InvalidOperationException>(() => refused.Emit(new byte[IPv6Representation.HeaderLength]));
    }

    private static PacketDefect Defect(IPv6Address source, IPv6Address destination)
    {
        Assert.True(IPv6Packet.TryParse(Packet(59, string.Empty, source, destination), out var packet, out _));
        IPv6Representation.TryParse(packet, out _, out var defect);
        return defect;
    }

    private static void AssertDefect(byte nextHeader, string payload, HeaderChainDefect expected, IPv6Address? destination = null)
    {
        Assert.True(IPv6Packet.TryParse(Packet(nextHeader, payload, IPv6Address.Loopback, destination ?? IPv6Address.Loopback), out var packet, out _));
        Assert.Equal(expected.Reason == PacketDefect.None, IPv6HeaderChain.TryParse(packet, out _, out var defect));
        Assert.Equal(expected, defect);
    }

    private static byte[] Packet(byte nextHeader, string payload, IPv6Address source, IPv6Address destination)
    {
        var header = new IPv6Representation
        {
            SourceAddress = IPv6Address.Loopback,
            DestinationAddress = IPv6Address.Loopback,
            NextHeader = (InternetProtocol)nextHeader,
            PayloadLength = payload.Length / 2,
        };
        byte[] bytes = [.. new byte[IPv6Representation.HeaderLength], .. Convert.FromHexString(payload)];
        header.Emit(bytes);
        source.Write(bytes.AsSpan(8));
        destination.Write(bytes.AsSpan(24));
        return bytes;
    }
}
