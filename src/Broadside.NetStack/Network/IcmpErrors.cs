using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>Sends ICMP errors: only about what they may be sent about, and not too many.</summary>
internal sealed class IcmpErrors(PacketOutput output, AddressTable addresses, NetworkOptions options, NetworkCounters counters)
{
    // RFC 1812 section 4.3.2.3: as much as fits in 576 bytes. RFC 4443 section 2.4(c): in the least MTU.
    private const int MaximumIPv4Length = 576;
    private const int MaximumIPv6Length = IPv6Packet.MinimumMtu;

    private TokenBucket _bucket = new(options.MaximumErrorsPerSecond, options.MaximumErrorsPerSecond);

    public void SendPortUnreachable(scoped in IncomingPacket about, TimeSpan now)
    {
        if (about.Source.IsIPv4)
        {
            Send(Icmpv4Representation.DestinationUnreachable(Icmpv4UnreachableCode.Port), about, now);
        }
        else
        {
            Send(Icmpv6Representation.DestinationUnreachable(Icmpv6UnreachableCode.Port), about, now);
        }
    }

    public void Send(Icmpv4Representation error, scoped in IncomingPacket about, TimeSpan now)
    {
        if (!MayAnswer(about, isAllowedToGroups: false) || !MayAnswerIPv4(about.Source.AsIPv4(), about.Packet) || !TryTake(now))
        {
            return;
        }

        var quoted = Math.Min(about.Packet.Length, MaximumIPv4Length - IPv4Representation.HeaderLength - Icmpv4Representation.HeaderLength);
        Span<byte> message = stackalloc byte[Icmpv4Representation.HeaderLength + quoted];
        about.Packet[..quoted].CopyTo(message[Icmpv4Representation.HeaderLength..]);
        error.Emit(message, PayloadSum.Of(message[Icmpv4Representation.HeaderLength..]));
        Send(about, InternetProtocol.Icmp, message, now);
    }

    public void Send(Icmpv6Representation error, scoped in IncomingPacket about, TimeSpan now)
    {
        // RFC 4443 section 2.4(e.3): an unknown option is complained of to whomever it was sent.
        var isOption = error is { Type: Icmpv6Type.ParameterProblem, Code: (byte)ParameterProblemCode.UnrecognizedOption };
        if (!MayAnswer(about, isOption) || LeadsToIcmpError(about.Packet) || !TryTake(now))
        {
            return;
        }

        const int Headers = IPv6Representation.HeaderLength + Icmpv6Representation.HeaderLength;
        var quoted = Math.Min(about.Packet.Length, MaximumIPv6Length - Headers);
        Span<byte> message = stackalloc byte[Icmpv6Representation.HeaderLength + quoted];
        about.Packet[..quoted].CopyTo(message[Icmpv6Representation.HeaderLength..]);
        var source = SourceFor(about);
        if (source.IsUnspecified)
        {
            return;
        }

        var pseudoHeader = PseudoHeader.Between(source, about.Source, InternetProtocol.Icmpv6);
        error.Emit(message, pseudoHeader, PayloadSum.Of(message[Icmpv6Representation.HeaderLength..]));
        Send(about, InternetProtocol.Icmpv6, message, now);
    }

    private void Send(scoped in IncomingPacket about, InternetProtocol protocol, scoped ReadOnlySpan<byte> message, TimeSpan now)
    {
        var packet = new OutgoingPacket { Protocol = protocol, TransportHeader = message, AllowsFragmentation = true };
        if (output.TrySend(SourceFor(about), about.Source, packet, now) == TransmitResult.Sent)
        {
            counters.Count(NetworkCounter.ErrorSent);
        }
    }

    // RFC 4443 section 2.2: from the address the packet was sent to. About one sent to a group, from any that fits.
    private NetworkAddress SourceFor(scoped in IncomingPacket about) =>
        addresses.IsLocal(about.Destination) ? about.Destination
        : addresses.TrySelectSource(about.Source, out var source) ? source
        : about.Source.IsIPv4 ? IPv4Address.Unspecified : IPv6Address.Unspecified;

    private bool TryTake(TimeSpan now)
    {
        if (_bucket.TryTake(now))
        {
            return true;
        }

        counters.Count(NetworkCounter.RateLimited);
        return false;
    }

    private bool MayAnswer(scoped in IncomingPacket about, bool isAllowedToGroups)
    {
        var source = about.Source;
        var mayAnswer = (!about.IsGroup || isAllowedToGroups) && !source.IsUnspecified && !source.IsMulticast && !addresses.IsBroadcast(source);
        if (!mayAnswer)
        {
            counters.Count(NetworkCounter.ErrorForbidden);
        }

        return mayAnswer;
    }

    // RFC 1122 section 3.2.2: not about errors, nor about fragments but the first, nor to Class E.
    private bool MayAnswerIPv4(IPv4Address source, ReadOnlySpan<byte> bytes)
    {
        var mayAnswer = IPv4Packet.TryParseQuoted(bytes, out var packet, out _)
            && packet.FragmentOffset == 0
            && source.Value >> 28 != 0xF
            && (packet.Protocol != InternetProtocol.Icmp
                || (!packet.Payload.IsEmpty && (Icmpv4Type)packet.Payload[0] is Icmpv4Type.EchoRequest or Icmpv4Type.EchoReply));
        if (!mayAnswer)
        {
            counters.Count(NetworkCounter.ErrorForbidden);
        }

        return mayAnswer;
    }

    // RFC 4443 section 2.4(e.1) and (e.2). The chain may be what the error is about: it is only passed over here.
    private bool LeadsToIcmpError(ReadOnlySpan<byte> packet)
    {
        const int FirstInformational = 128, Redirect = 137;
        var isError = IPv6UpperLayer.TryFind(packet, out var protocol, out var payload)
            && protocol == InternetProtocol.Icmpv6
            && (payload.IsEmpty || payload[0] is < FirstInformational or Redirect);
        if (isError)
        {
            counters.Count(NetworkCounter.ErrorForbidden);
        }

        return isError;
    }
}
