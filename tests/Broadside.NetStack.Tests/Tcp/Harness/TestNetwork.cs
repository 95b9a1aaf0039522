using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tests.Tcp.Harness;

/// <summary>A network layer that is nothing but a list of what was sent.</summary>
internal sealed class TestNetwork(NetworkAddress address, int maximumTransmissionUnit) : INetwork
{
    private readonly Dictionary<NetworkAddress, Path> _paths = [];

    public Queue<TestPacket> Sent { get; } = new();

    /// <summary>How many packets the device still takes.</summary>
    public int Room { get; set; } = int.MaxValue;

    public NetworkAddress Address => address;

    public bool IsLocal(NetworkAddress candidate) => candidate == address;

    public bool TrySelectSource(NetworkAddress remote, out NetworkAddress local)
    {
        local = address;
        return true;
    }

    public bool TryFindPath(NetworkAddress local, NetworkAddress remote, out NetworkPath path)
    {
        if (!_paths.TryGetValue(remote, out var found))
        {
            _paths[remote] = found = new Path(address, remote, maximumTransmissionUnit);
        }

        path = found;
        return true;
    }

    public bool TryFindPassingPath(NetworkAddress local, NetworkAddress remote, out NetworkPath path) =>
        TryFindPath(local, remote, out path);

    public TransmitResult TrySend(NetworkPath path, in OutgoingPacket packet, TimeSpan now)
    {
        if (Room == 0)
        {
            return TransmitResult.NoRoom;
        }

        Room--;
        Assert.True(packet.Length + path.NetworkHeaderLength <= maximumTransmissionUnit, "A packet is longer than the link carries.");
        var bytes = new byte[packet.Length];
        packet.TransportHeader.CopyTo(bytes);
        var position = packet.TransportHeader.Length;
        foreach (var extent in packet.Payload)
        {
            extent.Span.CopyTo(bytes.AsSpan(position));
            position += extent.Length;
        }

        Assert.Equal(bytes.Length, position);
        Sent.Enqueue(new(path.Local, path.Remote, packet.Ecn, bytes));
        return TransmitResult.Sent;
    }

    public TransmitResult TrySend(NetworkAddress local, NetworkAddress remote, in OutgoingPacket packet, TimeSpan now) =>
        TryFindPath(local, remote, out var path) ? TrySend(path, packet, now) : TransmitResult.Dropped;

    public void SendPortUnreachable(in IncomingPacket packet, TimeSpan now) => Assert.Fail("TCP does not answer with ICMP.");

    private sealed class Path(NetworkAddress local, NetworkAddress remote, int maximum) : NetworkPath
    {
        private int _lowered = int.MaxValue;

        public override NetworkAddress Local => local;

        public override NetworkAddress Remote => remote;

        public override int MaximumTransmissionUnit => Math.Min(maximum, _lowered);

        public override int LinkMaximumTransmissionUnit => maximum;

        public override int MaximumSegmentedLength => 0;

        public override void LowerMaximumTransmissionUnit(int value, TimeSpan now) => _lowered = value;

        public override void ConfirmReachability(TimeSpan now)
        {
        }
    }
}

/// <summary>What the network layer was given to send.</summary>
internal sealed record TestPacket(NetworkAddress Source, NetworkAddress Destination, EcnCodepoint Ecn, byte[] Bytes)
{
    public TcpFlags Flags => Parse().Flags;

    public TcpRepresentation Parse()
    {
        Assert.True(TcpSegment.TryParse(Bytes, out var segment, out var defect), defect.ToString());
        var pseudoHeader = PseudoHeader.Between(Source, Destination, InternetProtocol.Tcp);
        Assert.True(TcpRepresentation.TryParse(segment, pseudoHeader, ChecksumValidation.Software, out var header, out defect), defect.ToString());
        return header;
    }

    public int PayloadLength
    {
        get
        {
            Assert.True(TcpSegment.TryParse(Bytes, out var segment, out _));
            return segment.Payload.Length;
        }
    }
}
