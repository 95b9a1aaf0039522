namespace Broadside.NetStack.Tests.Wire;

public sealed class IPv4Tests
{
    private static readonly IPv4Representation Good = new()
    {
        SourceAddress = new(0x0A09_0001),
        DestinationAddress = new(0x0A09_0002),
        Protocol = InternetProtocol.Udp,
        PayloadLength = 16,
    };

    [Fact]
    public void What_a_frame_pads_is_not_taken_for_payload()
    {
        byte[] bytes = [.. Emit(Good), 1, 2, 3];
        Assert.True(IPv4Packet.TryParse(bytes, out var packet, out _));
        Assert.Equal(16, packet.Payload.Length);
    }

    [Theory]
    [InlineData(0, 0x55, nameof(PacketDefect.WrongVersion))]
    [InlineData(0, 0x44, nameof(PacketDefect.BadHeaderLength))]
    [InlineData(0, 0x4F, nameof(PacketDefect.BadLength))]
    [InlineData(3, 0x13, nameof(PacketDefect.BadLength))]
    [InlineData(3, 0x25, nameof(PacketDefect.Truncated))]
    [InlineData(2, 0xFF, nameof(PacketDefect.Truncated))]
    public void A_length_that_does_not_hold_is_refused(int offset, byte value, string expected)
    {
        var bytes = Emit(Good);
        bytes[offset] = value;
        Assert.False(IPv4Packet.TryParse(bytes, out _, out var defect));
        Assert.Equal(expected, defect.ToString());
    }

    [Theory]
    [InlineData(0xE000_0001, 0x0A09_0002, nameof(PacketDefect.BadSourceAddress))]
    [InlineData(0xFFFF_FFFF, 0x0A09_0002, nameof(PacketDefect.BadSourceAddress))]
    [InlineData(0x0A09_0001, 0x0000_0000, nameof(PacketDefect.BadDestinationAddress))]
    [InlineData(0x0000_0000, 0xFFFF_FFFF, nameof(PacketDefect.None))]
    public void Addresses_stand_only_where_they_may(uint source, uint destination, string expected)
    {
        var bytes = Emit(Good);
        bytes.AsSpan().WriteUInt32(12, source);
        bytes.AsSpan().WriteUInt32(16, destination);
        Assert.Equal(expected, Defect(bytes).ToString());
    }

    [Theory]
    [InlineData(0x2000, 15)]
    [InlineData(0x2000, 0)]
    [InlineData(0x0001, 0)]
    [InlineData(0x1FFE, 16)]
    [InlineData(0x1FFF, 1)]
    public void A_fragment_that_fits_no_packet_is_refused(ushort field, int length)
    {
        var bytes = Emit(Good with { PayloadLength = length });
        bytes.AsSpan().WriteUInt16(6, field);
        Assert.Equal(PacketDefect.BadFragment, Defect(bytes));
    }

    [Fact]
    public void A_header_that_cannot_be_said_is_not_emitted()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Emit(Good with { Dscp = 64 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Emit(Good with { PayloadLength = 65_516 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Emit(Good with { FragmentOffset = -8 }));
    }

    [Fact]
    public void A_header_that_would_be_refused_is_not_emitted()
    {
        Assert.Throws<InvalidOperationException>(() => Emit(Good with { SourceAddress = IPv4Address.LimitedBroadcast }));
        Assert.Throws<InvalidOperationException>(() => Emit(Good with { DestinationAddress = IPv4Address.Unspecified }));
        Assert.Throws<InvalidOperationException>(() => Emit(Good with { FragmentOffset = 4 }));
        Assert.Throws<InvalidOperationException>(() => Emit(Good with { MoreFragments = true, PayloadLength = 12 }));
        Assert.Throws<InvalidOperationException>(() => Emit(Good with { FragmentOffset = 65_512, PayloadLength = 8 }));
    }

    [Theory]
    [InlineData("00000000", false)]
    [InlineData("01010100", false)]
    [InlineData("0707040000000000", false)]
    [InlineData("8303040083030400", true)]
    [InlineData("0189030483000000", true)]
    [InlineData("0000008300000000", false)]
    [InlineData("0700000083000000", false)]
    [InlineData("07ff000083000000", false)]
    [InlineData("01010107", false)]
    public void Source_routes_are_found_among_options(string options, bool expected) =>
        Assert.Equal(expected, IPv4Options.HaveSourceRoute(Convert.FromHexString(options)));

    // What the emitter would not make has been written into the bytes, so that their checksum no longer holds.
    private static PacketDefect Defect(byte[] bytes)
    {
        Assert.True(IPv4Packet.TryParse(bytes, out var packet, out _));
        IPv4Representation.TryParse(packet, ChecksumValidation.Offloaded, out _, out var defect);
        return defect;
    }

    private static byte[] Emit(IPv4Representation header)
    {
        var bytes = new byte[IPv4Representation.HeaderLength + header.PayloadLength];
        header.Emit(bytes);
        return bytes;
    }
}
