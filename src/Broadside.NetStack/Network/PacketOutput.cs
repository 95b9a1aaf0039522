using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Broadside.NetStack.Devices;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>Sends packets: finds their paths, puts the headers before them, cuts them into fragments where they may be.</summary>
internal sealed class PacketOutput(
    LinkOutput link,
    AddressTable addresses,
    RoutingTable routes,
    NeighborCache neighbors,
    LoopbackQueue loopback,
    NetworkOptions options,
    AddressHash hash,
    NetworkCounters counters)
{
    // Link, IPv6 and TCP headers at their longest.
    private const int UsualHeadersLength = EthernetRepresentation.HeaderLength
        + IPv6Representation.HeaderLength
        + TcpRepresentation.MaximumHeaderLength;

    private readonly PathCache _paths = new(options.MaximumPaths, hash);
    private readonly FragmentIdentifications _identifications = new();
    private readonly CachedPath _passing = new(link, neighbors);
    private readonly byte[] _frame = new byte[link.HeaderLength + link.MaximumTransmissionUnit];

    public int PathCount => _paths.Count;

    private int TopologyVersion => addresses.Version + routes.Version;

    public bool TryFindPath(NetworkAddress local, NetworkAddress remote, [MaybeNullWhen(false)] out CachedPath path)
    {
        path = null;
        if (!TrySelectKey(local, remote, out var key))
        {
            return false;
        }

        if (_paths.Find(key) is { } known)
        {
            path = known;
            return TryRoute(known);
        }

        path = new CachedPath(link, neighbors);
        path.Start(key, hash);
        if (!TryRoute(path))
        {
            return false;
        }

        _paths.Add(path);
        return true;
    }

    /// <summary>Finds a path without remembering it: what strangers are answered costs no memory.</summary>
    public bool TryFindPassingPath(NetworkAddress local, NetworkAddress remote, [MaybeNullWhen(false)] out CachedPath path)
    {
        path = null;
        if (!TrySelectKey(local, remote, out var key))
        {
            return false;
        }

        path = _paths.Find(key);
        if (path is null)
        {
            path = _passing;
            path.Start(key, hash);
        }

        return TryRoute(path);
    }

    public TransmitResult TrySend(NetworkAddress local, NetworkAddress remote, scoped in OutgoingPacket packet, TimeSpan now) =>
        TryFindPassingPath(local, remote, out var path) ? TrySend(path, packet, now) : Drop(NetworkCounter.NoRoute);

    public TransmitResult TrySend(CachedPath path, scoped in OutgoingPacket packet, TimeSpan now)
    {
        path.Age(now);
        if (!TryRoute(path))
        {
            return Drop(NetworkCounter.NoRoute);
        }

        path.IsReferenced = true;
        var length = path.NetworkHeaderLength + packet.Length;
        if (path.Kind == PathKind.Loopback)
        {
            return Loop(path, packet, length);
        }

        if (!link.IsUp)
        {
            return Drop(NetworkCounter.LinkDown);
        }

        if (packet.SegmentSize == 0 && length > path.MaximumTransmissionUnit)
        {
            return packet.AllowsFragmentation && packet.Length <= MaximumLength(path)
                ? SendFragments(path, packet, now)
                : Drop(NetworkCounter.TooLong);
        }

        Debug.Assert(packet.SegmentSize == 0 || packet.Length <= path.MaximumSegmentedLength);
        return Send(path, packet, now);
    }

    /// <summary>Sends a whole packet of another stack with the same addresses.</summary>
    /// <param name="headers">Room for the link's header, then the packet's, which may be all of it.</param>
    /// <param name="payload">What follows them.</param>
    /// <param name="segmentSize">Where the device is to cut the packet into TCP segments, how much payload each gets; else zero.</param>
    /// <param name="now">The time.</param>
    public TransmitResult TryRelay(Span<byte> headers, ReadOnlySpan<Extent> payload, int segmentSize, TimeSpan now)
    {
        var packet = headers[link.HeaderLength..];
        var (local, remote) = AddressesOf(packet);
        var path = _paths.Find(new(local, remote));
        if (path is null)
        {
            path = _passing;
            path.Start(new(local, remote), hash);
        }

        if (!TryRoute(path))
        {
            return Drop(NetworkCounter.NoRoute);
        }

        if (path.Kind == PathKind.Loopback)
        {
            return Loop(packet);
        }

        if (!link.IsUp)
        {
            return Drop(NetworkCounter.LinkDown);
        }

        if (!TryFindLinkAddress(path, now, out var linkAddress))
        {
            return Await(path, headers, segmentSize);
        }

        link.WriteHeader(headers, linkAddress, EtherTypeOf(path));
        return Transmit(new OutgoingFrame
        {
            Headers = headers,
            Payload = payload,
            PayloadLength = payload.IsEmpty ? 0 : payload[0].Length,
            SegmentSize = segmentSize,
            TransportOffset = segmentSize > 0 ? link.HeaderLength + path.NetworkHeaderLength : 0,
        });
    }

    // The packet is of one of our stacks, so that its header is there.
    private static (NetworkAddress Local, NetworkAddress Remote) AddressesOf(ReadOnlySpan<byte> packet)
    {
        const int IPv4Version = 4, IPv4Source = 12, IPv4Destination = 16, IPv6Source = 8, IPv6Destination = 24;
        return packet[0] >> 4 == IPv4Version
            ? (IPv4Address.Read(packet[IPv4Source..]), IPv4Address.Read(packet[IPv4Destination..]))
            : (IPv6Address.Read(packet[IPv6Source..]), IPv6Address.Read(packet[IPv6Destination..]));
    }

    private TransmitResult Await(CachedPath path, ReadOnlySpan<byte> frame, int segmentSize)
    {
        if (segmentSize > 0)
        {
            return Drop(NetworkCounter.DroppedWaiting);
        }

        var room = neighbors.Await(path.Neighbor!, frame.Length);
        frame.CopyTo(room);
        link.WriteHeader(room, default, EtherTypeOf(path));
        return TransmitResult.Sent;
    }

    private TransmitResult Loop(ReadOnlySpan<byte> packet)
    {
        if (!loopback.TryAdd(packet.Length, out var bytes))
        {
            counters.Count(NetworkCounter.LoopbackFull);
            return TransmitResult.NoRoom;
        }

        packet.CopyTo(bytes);
        counters.Count(NetworkCounter.Sent);
        return TransmitResult.Sent;
    }

    private TransmitResult Send(CachedPath path, scoped in OutgoingPacket packet, TimeSpan now)
    {
        var transportOffset = link.HeaderLength + path.NetworkHeaderLength;
        var headersLength = transportOffset + packet.TransportHeader.Length;
        if (!TryFindLinkAddress(path, now, out var linkAddress))
        {
            return Await(path, packet, headersLength + packet.PayloadLength);
        }

        var headers = headersLength <= UsualHeadersLength ? stackalloc byte[UsualHeadersLength] : _frame;
        headers = headers[..headersLength];
        link.WriteHeader(headers, linkAddress, EtherTypeOf(path));
        WriteHeader(path, packet, headers[link.HeaderLength..]);
        packet.TransportHeader.CopyTo(headers[transportOffset..]);
        var frame = new OutgoingFrame
        {
            Headers = headers,
            Payload = packet.Payload,
            PayloadLength = packet.PayloadLength,
            SegmentSize = packet.SegmentSize,
            TransportOffset = packet.SegmentSize > 0 ? transportOffset : 0,
        };
        return Transmit(frame);
    }

    private TransmitResult Transmit(scoped in OutgoingFrame frame)
    {
        if (!link.TryTransmit(frame))
        {
            return TransmitResult.NoRoom;
        }

        counters.Count(NetworkCounter.Sent);
        return TransmitResult.Sent;
    }

    // What a device would cut into segments is too much to keep for a neighbor that may not be there.
    private TransmitResult Await(CachedPath path, scoped in OutgoingPacket packet, int frameLength)
    {
        if (packet.SegmentSize > 0)
        {
            return Drop(NetworkCounter.DroppedWaiting);
        }

        var frame = neighbors.Await(path.Neighbor!, frameLength);
        link.WriteHeader(frame, default, EtherTypeOf(path));
        WriteHeader(path, packet, frame[link.HeaderLength..]);
        packet.CopyTo(0, frame[(link.HeaderLength + path.NetworkHeaderLength)..]);
        return TransmitResult.Sent;
    }

    private TransmitResult Loop(CachedPath path, scoped in OutgoingPacket packet, int length)
    {
        if (length > path.MaximumTransmissionUnit)
        {
            return Drop(NetworkCounter.TooLong);
        }

        if (!loopback.TryAdd(length, out var bytes))
        {
            counters.Count(NetworkCounter.LoopbackFull);
            return TransmitResult.NoRoom;
        }

        WriteHeader(path, packet, bytes);
        packet.CopyTo(0, bytes[path.NetworkHeaderLength..]);
        counters.Count(NetworkCounter.Sent);
        return TransmitResult.Sent;
    }

    // RFC 791 section 2.3, RFC 8200 section 4.5: each fragment but the last carries a multiple of eight bytes.
    private TransmitResult SendFragments(CachedPath path, scoped in OutgoingPacket packet, TimeSpan now)
    {
        var headerLength = path.NetworkHeaderLength + (path.Local.IsIPv4 ? 0 : IPv6FragmentHeader.Length);
        var room = (path.MaximumTransmissionUnit - headerLength) & ~(IPv4Packet.FragmentUnit - 1);
        var identification = _identifications.Next(path.Hash);
        for (var offset = 0; offset < packet.Length; offset += room)
        {
            var part = Math.Min(room, packet.Length - offset);
            var length = link.HeaderLength + headerLength + part;
            var isKnown = TryFindLinkAddress(path, now, out var linkAddress);
            var frame = isKnown ? _frame.AsSpan(0, length) : neighbors.Await(path.Neighbor!, length);
            link.WriteHeader(frame, linkAddress, EtherTypeOf(path));
            WriteFragmentHeader(path, packet, frame[link.HeaderLength..], identification, offset, part);
            packet.CopyTo(offset, frame[(link.HeaderLength + headerLength)..]);
            if (isKnown && Transmit(new OutgoingFrame { Headers = frame }) == TransmitResult.NoRoom)
            {
                // Those sent are of no use without the others: tried again from the start, or lost.
                return offset == 0 ? TransmitResult.NoRoom : TransmitResult.Dropped;
            }
        }

        counters.Count(NetworkCounter.Fragmented);
        return TransmitResult.Sent;
    }

    // RFC 6864 section 4.1: the identification of what is not fragmented and must not be has no meaning.
    private void WriteHeader(CachedPath path, scoped in OutgoingPacket packet, Span<byte> header)
    {
        if (path.Local.IsIPv4)
        {
            new IPv4Representation
            {
                SourceAddress = path.Local.AsIPv4(),
                DestinationAddress = path.Remote.AsIPv4(),
                Protocol = packet.Protocol,
                PayloadLength = packet.Length,
                TimeToLive = HopLimit(path),
                Ecn = packet.Ecn,
                Identification = packet.AllowsFragmentation ? (ushort)_identifications.Next(path.Hash) : (ushort)0,
                DontFragment = !packet.AllowsFragmentation,
            }.Emit(header);
            return;
        }

        WriteIPv6Header(path, packet, header, packet.Protocol, packet.Length);
    }

    private static void WriteFragmentHeader(
        CachedPath path, scoped in OutgoingPacket packet, Span<byte> header, uint identification, int offset, int length)
    {
        var moreFragments = offset + length < packet.Length;
        if (path.Local.IsIPv4)
        {
            new IPv4Representation
            {
                SourceAddress = path.Local.AsIPv4(),
                DestinationAddress = path.Remote.AsIPv4(),
                Protocol = packet.Protocol,
                PayloadLength = length,
                TimeToLive = HopLimit(path),
                Ecn = packet.Ecn,
                Identification = (ushort)identification,
                MoreFragments = moreFragments,
                FragmentOffset = offset,
            }.Emit(header);
            return;
        }

        WriteIPv6Header(path, packet, header, InternetProtocol.Fragment, IPv6FragmentHeader.Length + length);
        new IPv6FragmentHeader(packet.Protocol, offset, moreFragments, identification).Emit(header[IPv6Representation.HeaderLength..]);
    }

    private static void WriteIPv6Header(
        CachedPath path, scoped in OutgoingPacket packet, Span<byte> header, InternetProtocol nextHeader, int length) =>
        new IPv6Representation
        {
            SourceAddress = path.Local.AsIPv6(),
            DestinationAddress = path.Remote.AsIPv6(),
            NextHeader = nextHeader,
            PayloadLength = length,
            HopLimit = HopLimit(path),
            Ecn = packet.Ecn,
            FlowLabel = path.FlowLabel,
        }.Emit(header);

    // RFC 1112 section 6.1: to groups, no further than the link.
    private static byte HopLimit(CachedPath path) => path.Kind == PathKind.Group ? (byte)1 : IPv4Representation.DefaultTimeToLive;

    private static int MaximumLength(CachedPath path) =>
        path.Local.IsIPv4 ? IPv4Representation.MaximumPayloadLength : IPv6Representation.MaximumPayloadLength;

    private static EtherType EtherTypeOf(CachedPath path) => path.Local.IsIPv4 ? EtherType.IPv4 : EtherType.IPv6;

    private bool TryFindLinkAddress(CachedPath path, TimeSpan now, out MacAddress linkAddress)
    {
        linkAddress = path.GroupAddress;
        if (path.Kind != PathKind.Neighbor || !link.HasNeighbors)
        {
            return true;
        }

        if (path.Neighbor is not { } neighbor || neighbor.Generation != path.NeighborGeneration)
        {
            neighbor = neighbors.Resolve(path.NextHop, now);
            path.Neighbor = neighbor;
            path.NeighborGeneration = neighbor.Generation;
        }

        var isKnown = neighbors.TryUse(neighbor, now);
        linkAddress = neighbor.LinkAddress;
        return isKnown;
    }

    private bool TrySelectKey(NetworkAddress local, NetworkAddress remote, out PathKey key)
    {
        key = new(local, remote);
        if (remote.IsUnspecified)
        {
            return false;
        }

        if (!local.IsUnspecified)
        {
            return local.IsIPv4 == remote.IsIPv4;
        }

        var isFound = addresses.TrySelectSource(remote, out var source);
        key = new(source, remote);
        return isFound;
    }

    private bool TryRoute(CachedPath path)
    {
        if (path.Kind != PathKind.None && path.TopologyVersion == TopologyVersion)
        {
            return true;
        }

        path.TopologyVersion = TopologyVersion;
        path.Neighbor = null;
        path.Kind = Classify(path.Local, path.Remote);
        if (path.Kind == PathKind.Loopback && options.IsSteered)
        {
            // Whichever stack it is for, the way is by the one that has the device.
            path.Kind = PathKind.Steered;
            return true;
        }

        if (path.Kind == PathKind.Group)
        {
            path.GroupAddress = GroupAddress(path.Remote);
        }

        if (path.Kind == PathKind.Neighbor)
        {
            path.Kind = routes.TryFindNextHop(path.Remote, out var nextHop) ? PathKind.Neighbor : PathKind.None;
            path.NextHop = nextHop;
        }

        return path.Kind != PathKind.None;
    }

    // RFC 1122 section 3.2.1.3(g): addresses of the loopback network never leave the host.
    private PathKind Classify(NetworkAddress local, NetworkAddress remote) =>
        addresses.IsLocal(remote) ? addresses.IsLocal(local) ? PathKind.Loopback : PathKind.None
        : !addresses.IsAssigned(local) || AddressTable.IsLoopback(local) ? PathKind.None
        : remote.IsMulticast || addresses.IsBroadcast(remote) ? PathKind.Group
        : PathKind.Neighbor;

    private static MacAddress GroupAddress(NetworkAddress remote) =>
        !remote.IsMulticast ? MacAddress.Broadcast
        : remote.IsIPv4 ? MacAddress.ForMulticast(remote.AsIPv4())
        : MacAddress.ForMulticast(remote.AsIPv6());

    private TransmitResult Drop(NetworkCounter reason)
    {
        counters.Count(reason);
        return TransmitResult.Dropped;
    }
}
