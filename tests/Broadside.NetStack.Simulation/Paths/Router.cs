using Broadside.NetStack.Devices;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Simulation.Paths;

/// <summary>
/// A router on the way, close to the host whose device this is: what is too long for the path beyond it is dropped, in either direction,
/// and the sender told so (RFC 1191 section 4, RFC 4443 section 3.2), or not told: a black hole (RFC 2923 section 2.1).
/// </summary>
internal sealed class Router(PacketDevice inner, int maximumTransmissionUnit) : PacketMiddleware(inner)
{
    private readonly FramePool _pool = new();
    private readonly Queue<FrameBuffer> _answers = new();
    private FrameBuffer? _lent;

    /// <summary>The longest packet that gets through.</summary>
    public int PathLimit { get; set; } = maximumTransmissionUnit;

    public bool IsSilent { get; set; }

    /// <summary>How many packets were too long.</summary>
    public int TooLong { get; private set; }

    // One that answers has frames at once.
    public override long NextDue => _answers.Count > 0 ? 0 : Inner.NextDue;

    public override bool TryTransmit(in OutgoingFrame frame)
    {
        if (frame.Length - LinkLayer.HeaderLength <= PathLimit)
        {
            return Inner.TryTransmit(frame);
        }

        var bytes = new byte[frame.Length];
        frame.CopyTo(bytes);
        if (Answer(bytes) is { } answer)
        {
            _answers.Enqueue(_pool.Rent(answer));
        }

        return true;
    }

    public override int Receive(Span<ReceivedFrame> burst)
    {
        _pool.ReturnAll(ref _lent);
        var count = 0;
        foreach (ref readonly var frame in burst[..Inner.Receive(burst)])
        {
            if (frame.Bytes.Length - LinkLayer.HeaderLength <= PathLimit)
            {
                burst[count++] = frame;
            }
            else if (Answer(frame.Bytes) is { } answer)
            {
                Inner.TryTransmit(new OutgoingFrame { Headers = answer });
            }
        }

        while (count < burst.Length && _answers.TryDequeue(out var buffer))
        {
            burst[count++] = buffer.Received;
            buffer.Next = _lent;
            _lent = buffer;
        }

        return count;
    }

    private byte[]? Answer(ReadOnlySpan<byte> frame)
    {
        TooLong++;
        if (IsSilent)
        {
            return null;
        }

        var packet = frame[LinkLayer.HeaderLength..];
        var answer = IPv4Packet.TryParse(packet, out var packet4, out _) ? FragmentationNeeded(packet4, packet)
            : IPv6Packet.TryParse(packet, out var packet6, out _) ? PacketTooBig(packet6, packet)
            : null;
        if (answer is not null && EthernetFrame.TryParse(frame, out var ethernet, out _) && LinkLayer == LinkLayer.Ethernet
            && !ethernet.Destination.IsGroup)
        {
            new EthernetRepresentation(ethernet.Source, ethernet.Destination, ethernet.EtherType).Emit(answer);
        }

        return answer;
    }

    private byte[] FragmentationNeeded(IPv4Packet packet, ReadOnlySpan<byte> bytes)
    {
        const int Quoted = 64;
        const int Headers = IPv4Representation.HeaderLength + Icmpv4Representation.HeaderLength;
        var answer = new byte[LinkLayer.HeaderLength + Headers + Quoted];
        var (header, message) = Split(answer, IPv4Representation.HeaderLength);
        bytes[..Quoted].CopyTo(message[Icmpv4Representation.HeaderLength..]);
        Icmpv4Representation.FragmentationNeeded((ushort)PathLimit).Emit(message, PayloadSum.Of(bytes[..Quoted]));
        new IPv4Representation
        {
            SourceAddress = packet.DestinationAddress,
            DestinationAddress = packet.SourceAddress,
            Protocol = InternetProtocol.Icmp,
            PayloadLength = message.Length,
        }.Emit(header);
        return answer;
    }

    private byte[] PacketTooBig(IPv6Packet packet, ReadOnlySpan<byte> bytes)
    {
        const int Quoted = 256;
        const int Headers = IPv6Representation.HeaderLength + Icmpv6Representation.HeaderLength;
        var answer = new byte[LinkLayer.HeaderLength + Headers + Quoted];
        var (header, message) = Split(answer, IPv6Representation.HeaderLength);
        bytes[..Quoted].CopyTo(message[Icmpv6Representation.HeaderLength..]);
        var pseudoHeader = PseudoHeader.Between(packet.DestinationAddress, packet.SourceAddress, InternetProtocol.Icmpv6);
        Icmpv6Representation.PacketTooBig((uint)PathLimit).Emit(message, pseudoHeader, PayloadSum.Of(bytes[..Quoted]));
        new IPv6Representation
        {
            SourceAddress = packet.DestinationAddress,
            DestinationAddress = packet.SourceAddress,
            NextHeader = InternetProtocol.Icmpv6,
            PayloadLength = message.Length,
        }.Emit(header);
        return answer;
    }

    private PacketParts Split(Span<byte> frame, int headerLength) =>
        new(frame.Slice(LinkLayer.HeaderLength, headerLength), frame[(LinkLayer.HeaderLength + headerLength)..]);

    private readonly ref struct PacketParts(Span<byte> header, Span<byte> message)
    {
        private readonly Span<byte> _header = header;
        private readonly Span<byte> _message = message;

        public void Deconstruct(out Span<byte> header, out Span<byte> message)
        {
            header = _header;
            message = _message;
        }
    }
}
