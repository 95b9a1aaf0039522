using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>Answers echo requests, not too many (RFC 1122 section 3.2.2.6, RFC 4443 section 4.2).</summary>
internal sealed class EchoResponder(PacketOutput output, NetworkOptions options, NetworkCounters counters)
{
    private readonly byte[] _message = new byte[IPv4Packet.MaximumLength];
    private TokenBucket _bucket = new(options.MaximumEchoRepliesPerSecond, options.MaximumEchoRepliesPerSecond);

    public void Answer(scoped in IncomingPacket request, Icmpv4Representation echo, ReadOnlySpan<byte> data, TimeSpan now)
    {
        if (!MayAnswer(request, now))
        {
            return;
        }

        var message = _message.AsSpan(0, Icmpv4Representation.HeaderLength + data.Length);
        data.CopyTo(message[Icmpv4Representation.HeaderLength..]);
        Icmpv4Representation.EchoReply(echo.Identifier, echo.SequenceNumber).Emit(message, PayloadSum.Of(data));
        Send(request, InternetProtocol.Icmp, message, now);
    }

    public void Answer(scoped in IncomingPacket request, Icmpv6Representation echo, ReadOnlySpan<byte> data, TimeSpan now)
    {
        if (!MayAnswer(request, now))
        {
            return;
        }

        var message = _message.AsSpan(0, Icmpv6Representation.HeaderLength + data.Length);
        data.CopyTo(message[Icmpv6Representation.HeaderLength..]);
        var pseudoHeader = PseudoHeader.Between(request.Destination, request.Source, InternetProtocol.Icmpv6);
        Icmpv6Representation.EchoReply(echo.Identifier, echo.SequenceNumber).Emit(message, pseudoHeader, PayloadSum.Of(data));
        Send(request, InternetProtocol.Icmpv6, message, now);
    }

    // RFC 1122 section 3.2.2.6 allows silence to groups, and so does RFC 4443 section 4.2: answers would come from everybody at once.
    private bool MayAnswer(scoped in IncomingPacket request, TimeSpan now)
    {
        if (request.IsGroup || request.Source.IsUnspecified)
        {
            return false;
        }

        var mayAnswer = _bucket.TryTake(now);
        if (!mayAnswer)
        {
            counters.Count(NetworkCounter.RateLimited);
        }

        return mayAnswer;
    }

    private void Send(scoped in IncomingPacket request, InternetProtocol protocol, scoped ReadOnlySpan<byte> message, TimeSpan now)
    {
        var packet = new OutgoingPacket { Protocol = protocol, TransportHeader = message, AllowsFragmentation = true };
        if (output.TrySend(request.Destination, request.Source, packet, now) == TransmitResult.Sent)
        {
            counters.Count(NetworkCounter.EchoAnswered);
        }
    }
}
