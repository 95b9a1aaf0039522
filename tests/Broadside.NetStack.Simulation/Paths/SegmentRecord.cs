using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;
using static Broadside.NetStack.Simulation.SimulationFailedException;

namespace Broadside.NetStack.Simulation.Paths;

/// <summary>What both stacks have sent, held to what RFC 9293 lets a sender say.</summary>
internal sealed class SegmentRecord
{
    private readonly Dictionary<Flow, SentFlow> _flows = [];

    /// <summary>How many packets were sent.</summary>
    public long Packets { get; private set; }

    /// <summary>When a TCP segment was sent last.</summary>
    public long Segments { get; private set; }

    /// <summary>A hash of all that was sent: two runs that have it in common were the same.</summary>
    public ulong Digest { get; private set; } = 14_695_981_039_346_656_037;

    /// <summary>How many resets were sent in a flow, as its sender names it.</summary>
    public int ResetsSent(Flow flow) => _flows.TryGetValue(flow, out var sent) ? sent.Resets : 0;

    /// <summary>A flow is used again without a new SYN.</summary>
    public void Forgive(Flow flow) => _flows.GetValueOrDefault(flow)?.Forgive();

    public void OnSent(ReadOnlySpan<byte> packet, int segmentSize, int maximumTransmissionUnit)
    {
        Packets++;
        Hash(packet);
        if (segmentSize == 0)
        {
            Require(packet.Length <= maximumTransmissionUnit, $"A packet of {packet.Length} bytes was sent on a link for {maximumTransmissionUnit}.");
        }

        if (IPv4Packet.TryParse(packet, out var packet4, out _))
        {
            OnSent(packet4.Protocol, packet4.SourceAddress, packet4.DestinationAddress, packet4.Payload, segmentSize);
        }
        else if (IPv6Packet.TryParse(packet, out var packet6, out _))
        {
            OnSent(packet6.NextHeader, packet6.SourceAddress, packet6.DestinationAddress, packet6.Payload, segmentSize);
        }
    }

    private void OnSent(InternetProtocol protocol, NetworkAddress source, NetworkAddress destination, ReadOnlySpan<byte> payload, int segmentSize)
    {
        if (protocol != InternetProtocol.Tcp)
        {
            return;
        }

        Segments++;
        var pseudoHeader = PseudoHeader.Between(source, destination, InternetProtocol.Tcp);
        var validation = segmentSize > 0 ? ChecksumValidation.Offloaded : ChecksumValidation.Software;
        Require(TcpSegment.TryParse(payload, out var segment, out var defect), $"A malformed segment was sent: {defect}.");
        Require(TcpRepresentation.TryParse(segment, pseudoHeader, validation, out var header, out defect), $"A wrong segment was sent: {defect}.");
        var flow = new Flow(source, header.SourcePort, destination, header.DestinationPort);
        if (!_flows.TryGetValue(flow, out var sent))
        {
            _flows[flow] = sent = new SentFlow(flow);
        }

        var peer = _flows.GetValueOrDefault(new Flow(destination, header.DestinationPort, source, header.SourcePort));
        sent.OnSent(header, segment.SegmentLength, peer);
    }

    // FNV-1a, eight bytes at a time.
    private void Hash(ReadOnlySpan<byte> packet)
    {
        const ulong Prime = 1_099_511_628_211;
        var digest = Digest;
        while (packet.Length >= sizeof(ulong))
        {
            digest = (digest ^ BitConverter.ToUInt64(packet)) * Prime;
            packet = packet[sizeof(ulong)..];
        }

        foreach (var value in packet)
        {
            digest = (digest ^ value) * Prime;
        }

        Digest = digest;
    }
}
