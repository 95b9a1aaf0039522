using System.Diagnostics;
using Broadside.NetStack.Devices;
using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Steering;

/// <summary>The keeper's device: what is for other channels goes to them, and what they send goes out.</summary>
internal sealed class SharingDevice : PacketMiddleware, IPacketSteering
{
    private const int FramesPerTurn = 256;

    private readonly SteeringGroup _group;
    private readonly bool[] _isToNotify = new bool[PortBindings.MaximumChannels];
    private readonly Arena _arena;
    private Extent _payload;
    private bool _isBlocked;
    private long _dropped;

    public SharingDevice(SteeringGroup group, PacketDevice inner, Arena arena)
        : base(inner)
    {
        _group = group;
        _arena = arena;
        group.Keeper.UseWake(inner.Wake);
    }

    /// <summary>How many packets found no room in their channel's inbox.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    private bool HasOutgoing
    {
        get
        {
            foreach (var member in _group.Members)
            {
                if (HasOutgoingOf(member!))
                {
                    return true;
                }
            }

            return false;
        }
    }

    public bool TryForward(scoped in IncomingPacket packet)
    {
        if (!TrySteer(packet, out var owner))
        {
            return false;
        }

        var headerLength = packet.Source.IsIPv4 ? IPv4Representation.HeaderLength : IPv6Representation.HeaderLength;
        if (TryReserve(owner, headerLength + packet.Payload.Length, out var bytes))
        {
            PacketHeader.Write(bytes, packet.Source, packet.Destination, packet.Protocol, packet.Ecn, packet.Payload.Length);
            packet.Payload.CopyTo(bytes[headerLength..]);
            owner.Inbox!.Commit(packet.Validation, packet.SegmentSize);
        }

        return true;
    }

    public bool TryForward(in DeliveryError error)
    {
        var about = error.Packet;
        var flow = new Flow(about.SourceAddress, about.SourcePort, about.DestinationAddress, about.DestinationPort);
        if (!TrySteer(about.Protocol, flow, begins: false, out var owner))
        {
            return false;
        }

        if (TryReserve(owner, ErrorMessage.LengthOf(error), out var bytes))
        {
            ErrorMessage.Write(bytes, error);
            owner.Inbox!.Commit(ChecksumValidation.Offloaded);
        }

        return true;
    }

    /// <summary>Wakes those that were handed packets: once for a burst.</summary>
    public void Notify()
    {
        foreach (var member in _group.Members)
        {
            ref var isToNotify = ref _isToNotify[member!.Number];
            if (isToNotify)
            {
                isToNotify = false;
                member.Doorbell.Ring();
            }
        }
    }

    /// <summary>Sends what the others have put before the keeper, as far as there is room.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool Relay(NetworkLayer network, TimeSpan now)
    {
        var hasSent = false;
        _isBlocked = false;
        foreach (var member in _group.Members)
        {
            hasSent |= HasOutgoingOf(member!) && Relay(member!, network, now);
        }

        return hasSent;
    }

    public override void Flush()
    {
        Inner.Flush();
        Notify();
    }

    /// <inheritdoc/>
    /// <remarks>Frames of others that the device has no room for wait as this channel's own do.</remarks>
    public override void Wait(TimeSpan timeout, bool forRoom)
    {
        var bell = _group.Keeper.Doorbell;
        bell.BeginWait();
        if (_isBlocked || !HasOutgoing)
        {
            Inner.Wait(timeout, forRoom || _isBlocked);
        }

        bell.EndWait();
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!_payload.IsEmpty)
        {
            _arena.Free(_payload);
            _payload = default;
        }

        _group.Close(Name);
    }

    // A channel that has gone may have left something to send.
    private static bool HasOutgoingOf(SteeringMember member) => member.Outbox is { IsEmpty: false };

    private bool Relay(SteeringMember member, NetworkLayer network, TimeSpan now)
    {
        var count = 0;
        var outbox = member.Outbox!;
        while (count < FramesPerTurn && outbox.TryPeek(out var frame))
        {
            if (Send(network, frame, now) == TransmitResult.NoRoom)
            {
                _isBlocked = true;
                break;
            }

            outbox.Take();
            count++;
        }

        outbox.Release();
        if (count > 0)
        {
            // Either its channel sees the room as it looks once more before it sleeps, or we see that it is about to.
            Interlocked.MemoryBarrier();
            _isToNotify[member.Number] |= member.AwaitsRoom;
        }

        return count > 0;
    }

    // Devices copy headers at once, and those that cut segments their payload too. What is one packet counts as headers in all.
    private TransmitResult Send(NetworkLayer network, in RingPacket frame, TimeSpan now)
    {
        if (frame.SegmentSize == 0)
        {
            return network.TryRelay(frame.Bytes, [], segmentSize: 0, now);
        }

        Debug.Assert(Inner.Completed == Inner.Transmitted);
        _payload = _payload.IsEmpty ? _arena.Allocate(ushort.MaxValue) : _payload;
        var payload = _payload.Slice(0, frame.Bytes.Length - frame.HeadersLength);
        frame.Bytes[frame.HeadersLength..].CopyTo(payload.Span);
        return network.TryRelay(frame.Bytes[..frame.HeadersLength], [payload], frame.SegmentSize, now);
    }

    private bool TrySteer(scoped in IncomingPacket packet, out SteeringMember owner)
    {
        owner = null!;
        var needed = packet.Protocol == InternetProtocol.Tcp ? TcpSegment.MinimumHeaderLength : sizeof(ushort) * 2;
        if (packet.Protocol is not (InternetProtocol.Tcp or InternetProtocol.Udp) || packet.Payload.Length < needed)
        {
            return false;
        }

        var flow = new Flow(packet.Destination, packet.Payload.ReadUInt16(2), packet.Source, packet.Payload.ReadUInt16(0));
        const int FlagsOffset = 13;
        var begins = packet.Protocol == InternetProtocol.Tcp
            && ((TcpFlags)packet.Payload[FlagsOffset] & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst)) == TcpFlags.Syn;
        return TrySteer(packet.Protocol, flow, begins, out owner);
    }

    // What is for a channel that has gone is for the keeper to refuse.
    private bool TrySteer(InternetProtocol protocol, in Flow flow, bool begins, out SteeringMember owner)
    {
        var number = protocol switch
        {
            InternetProtocol.Tcp => _group.Steering.OwnerOfSegment(flow, begins),
            InternetProtocol.Udp => _group.Steering.OwnerOfDatagram(flow),
            _ => _group.Keeper.Number,
        };
        var members = _group.Members;
        owner = number < members.Length ? members[number]! : _group.Keeper;
        return owner.IsOpen;
    }

    private bool TryReserve(SteeringMember owner, int length, out Span<byte> bytes)
    {
        _isToNotify[owner.Number] = true;
        if (owner.Inbox!.TryReserve(length, out bytes))
        {
            return true;
        }

        _dropped++;
        return false;
    }
}
