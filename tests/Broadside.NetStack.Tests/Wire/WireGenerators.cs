using FsCheck;
using FsCheck.Fluent;

namespace Broadside.NetStack.Tests.Wire;

/// <summary>Values that packets are made of, and representations that are good.</summary>
internal static class WireGenerators
{
    public static Gen<byte> Bytes { get; } = Gen.Choose(0, byte.MaxValue).Select(value => (byte)value);

    public static Gen<ushort> UInt16 { get; } = Gen.Choose(0, ushort.MaxValue).Select(value => (ushort)value);

    public static Gen<uint> UInt32 { get; } = UInt16.Two().Select(halves => ((uint)halves.Item1 << 16) | halves.Item2);

    public static Gen<ulong> UInt64 { get; } = UInt32.Two().Select(halves => ((ulong)halves.Item1 << 32) | halves.Item2);

    public static Gen<bool> Bool { get; } = Gen.Elements(true, false);

    public static Gen<ushort> Port { get; } = Gen.Choose(1, ushort.MaxValue).Select(value => (ushort)value);

    public static Gen<byte[]> Payload { get; } = Gen.OneOf(Bytes.ArrayOf(), Gen.Choose(0, 1500).SelectMany(length => Bytes.ArrayOf(length)));

    public static Gen<EcnCodepoint> Ecn { get; } = Gen.Choose(0, 3).Select(value => (EcnCodepoint)value);

    public static Gen<MacAddress> Mac { get; } = UInt64.Select(value => new MacAddress(value & 0xFEFF_FFFF_FFFF));

    public static Gen<IPv4Address> IPv4Unicast { get; } =
        UInt32.Select(value => new IPv4Address(value)).Where(address => !address.IsMulticast && !address.IsLimitedBroadcast && !address.IsUnspecified);

    public static Gen<IPv6Address> IPv6Unicast { get; } =
        Gen.OneOf(UInt64, Gen.Constant(0xFE80_0000_0000_0000)).SelectMany(_ => UInt64, (high, low) => new IPv6Address(high, low))
            .Where(address => !address.IsMulticast && !address.IsIPv4Mapped && !address.IsUnspecified);

    public static Gen<PseudoHeader> PseudoHeaders { get; } = Gen.OneOf(
        IPv4Unicast.Two().Select(pair => PseudoHeader.Between(pair.Item1, pair.Item2, InternetProtocol.Tcp)),
        IPv6Unicast.Two().Select(pair => PseudoHeader.Between(pair.Item1, pair.Item2, InternetProtocol.Udp)));

    public static Gen<IPv4Representation> IPv4 { get; } =
        from source in IPv4Unicast
        from destination in IPv4Unicast
        from protocol in Bytes
        from fields in All(Bytes, UInt16, Gen.Choose(0, 0x3F))
        from ecn in Ecn
        from flags in Bool.Two()
        from length in Gen.Choose(1, 180)
        from offset in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 8000))
        select new IPv4Representation
        {
            SourceAddress = source,
            DestinationAddress = destination,
            Protocol = (InternetProtocol)protocol,
            PayloadLength = flags.Item2 || offset > 0 ? length * 8 : length,
            TimeToLive = fields.Item1,
            Identification = fields.Item2,
            Dscp = (byte)fields.Item3,
            Ecn = ecn,
            DontFragment = flags.Item1,
            MoreFragments = flags.Item2,
            FragmentOffset = offset * 8,
        };

    public static Gen<IPv6Representation> IPv6 { get; } =
        from source in IPv6Unicast
        from destination in IPv6Unicast
        from protocol in Bytes
        from hopLimit in Bytes
        from dscp in Gen.Choose(0, 0x3F)
        from ecn in Ecn
        from label in Gen.Choose(0, 0xF_FFFF)
        from length in Gen.Choose(0, 1500)
        select new IPv6Representation
        {
            SourceAddress = source,
            DestinationAddress = destination,
            NextHeader = (InternetProtocol)protocol,
            PayloadLength = length,
            HopLimit = hopLimit,
            Dscp = (byte)dscp,
            Ecn = ecn,
            FlowLabel = (uint)label,
        };

    public static Gen<TcpRepresentation> Tcp { get; } =
        from ports in Port.Two()
        from numbers in UInt32.Two()
        from flags in Bytes
        from windows in UInt16.Two()
        let isSyn = ((TcpFlags)flags & TcpFlags.Syn) != 0
        from options in isSyn ? SynOptions : OtherOptions
        select new TcpRepresentation
        {
            SourcePort = ports.Item1,
            DestinationPort = ports.Item2,
            SequenceNumber = new(numbers.Item1),
            AcknowledgmentNumber = new(numbers.Item2),
            Flags = (TcpFlags)flags,
            Window = windows.Item1,
            UrgentPointer = windows.Item2,
            Options = options,
        };

    public static Gen<(T1 First, T2 Second, T3 Third)> All<T1, T2, T3>(Gen<T1> first, Gen<T2> second, Gen<T3> third) =>
        from one in first
        from two in second
        from three in third
        select (one, two, three);

    private static Gen<TcpTimestamps?> Timestamps => Optional(UInt32.Two().Select(pair => new TcpTimestamps(pair.Item1, pair.Item2)));

    private static Gen<TcpOptions> SynOptions =>
        from maximumSegmentSize in Optional(Port)
        from windowScale in Optional(Gen.Choose(0, TcpOptions.MaximumWindowScale).Select(scale => (byte)scale))
        from sackPermitted in Bool
        from timestamps in Timestamps
        select new TcpOptions
        {
            MaximumSegmentSize = maximumSegmentSize,
            WindowScale = windowScale,
            SackPermitted = sackPermitted,
            Timestamps = timestamps,
        };

    private static Gen<TcpOptions> OtherOptions =>
        from timestamps in Timestamps
        from count in Gen.Choose(0, timestamps is null ? 4 : 3)
        from blocks in UInt32.Two().Select(edges => new SackBlock(new(edges.Item1), new(edges.Item2))).ArrayOf(count)
        select new TcpOptions { Timestamps = timestamps, SackBlocks = new(blocks) };

    public static Gen<T?> Optional<T>(Gen<T> some)
        where T : struct => Gen.OneOf(Gen.Constant<T?>(null), some.Select(value => (T?)value));
}
