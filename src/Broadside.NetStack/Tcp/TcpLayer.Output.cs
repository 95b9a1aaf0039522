using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <content>Sending: mTCP's three lists, so that a burst begins with what opens connections, then acknowledges, then carries data.</content>
internal sealed partial class TcpLayer
{
    /// <summary>Of how many pieces a segment's payload may consist; one with more is cut shorter.</summary>
    private const int MaximumExtents = 16;

    /// <summary>How much a connection sends before it is another's turn.</summary>
    private const int DataShare = 64 * 1024;

    private readonly Queue<TcpEndpoint> _control = new();
    private readonly Queue<TcpConnection> _acknowledgments = new();
    private readonly Queue<TcpConnection> _data = new();
    private readonly Queue<TcpConnection> _events = new();
    private TokenBucket _resets;

    /// <summary>Where a segment's payload is named while it is sent.</summary>
    public Extent[] Extents { get; } = new Extent[MaximumExtents];

    /// <summary>Whether something waits for room in the device.</summary>
    public bool HasOutput => _control.Count + _acknowledgments.Count + _data.Count > 0;

    public bool HasEvents => _events.Count > 0;

    /// <summary>When <see cref="Poll"/> has something to do; <see cref="TimeSpan.MaxValue"/> if never.</summary>
    public TimeSpan NextDeadline => Wheel.NextDue;

    /// <summary>Runs what is due and sends what may be sent, as long as the device has room.</summary>
    /// <returns>False if the device had none left.</returns>
    public bool Poll(TimeSpan now)
    {
        Wheel.Advance(now);
        ReleaseFlows();
        return EmitControl(now) && EmitAcknowledgments(now) && EmitData(now);
    }

    /// <summary>Tells users what has happened to their connections since the last time.</summary>
    public void DeliverEvents(TimeSpan now)
    {
        for (var count = _events.Count; count > 0; count--)
        {
            var connection = _events.Dequeue();
            connection.Lists &= ~TcpLists.Events;
            Deliver(connection, now);
            TryRecycle(connection);
        }
    }

    public void Enlist(TcpConnection connection, TcpLists list)
    {
        if ((connection.Lists & list) != 0)
        {
            return;
        }

        switch (list)
        {
            case TcpLists.Acknowledgments:
                _acknowledgments.Enqueue(connection);
                break;
            case TcpLists.Data:
                _data.Enqueue(connection);
                break;
            case TcpLists.Events:
                _events.Enqueue(connection);
                break;
        }

        connection.Lists |= list;
    }

    public void EnlistControl(TcpEndpoint endpoint)
    {
        if (!endpoint.IsInControlList)
        {
            endpoint.IsInControlList = true;
            _control.Enqueue(endpoint);
        }
    }

    /// <summary>Sends a segment without payload.</summary>
    /// <returns>False if the device has no room.</returns>
    public bool TryEmit(NetworkPath path, PseudoHeader pseudoHeader, in TcpRepresentation header, TimeSpan now) =>
        TryEmit(path, pseudoHeader, header, default, 0, EcnCodepoint.NotEcnCapable, now);

    /// <summary>Sends a segment to whom nothing is remembered of.</summary>
    /// <returns>False if the device has no room.</returns>
    public bool TryEmitToStranger(in Flow flow, PseudoHeader pseudoHeader, in TcpRepresentation header, TimeSpan now) =>
        !_network.TryFindPassingPath(flow.Local, flow.Remote, out var path) || TryEmit(path, pseudoHeader, header, now);

    /// <summary>Sends a segment, or several that the device cuts.</summary>
    /// <returns>False if the device has no room.</returns>
    public bool TryEmit(
        NetworkPath path, PseudoHeader pseudoHeader, in TcpRepresentation header,
        SegmentPayload payload, int segmentSize, EcnCodepoint ecn, TimeSpan now)
    {
        Span<byte> bytes = stackalloc byte[TcpRepresentation.MaximumHeaderLength];
        bytes = bytes[..header.HeaderLength];
        if (segmentSize > 0)
        {
            header.EmitPartial(bytes, pseudoHeader, payload.Length);
        }
        else
        {
            header.Emit(bytes, pseudoHeader, ExtentSums.Of(payload.Extents, payload.AreFinal));
        }

        var packet = new OutgoingPacket
        {
            Protocol = InternetProtocol.Tcp,
            Ecn = ecn,
            TransportHeader = bytes,
            Payload = payload.Extents,
            PayloadLength = payload.Length,
            SegmentSize = segmentSize,
        };
        var result = _network.TrySend(path, packet, now);
        if (result != TransmitResult.NoRoom)
        {
            Counters.SegmentsSent++;
        }

        return result != TransmitResult.NoRoom;
    }

    /// <summary>
    /// Tells a peer that what it sent belongs to nobody (RFC 9293 section 3.10.7.1). Limited, as who sends to closed ports with made-up
    /// addresses would have them answered all.
    /// </summary>
    public void ResetUnexpected(in TcpArrival arrival, in Flow flow, TimeSpan now)
    {
        if (arrival.Has(TcpFlags.Rst) || !_network.TryFindPassingPath(flow.Local, flow.Remote, out var path) || path.IsGroup)
        {
            return;
        }

        if (!_resets.TryTake(now))
        {
            Counters.ResetsSuppressed++;
            return;
        }

        var hasAck = arrival.Has(TcpFlags.Ack);
        var header = new TcpRepresentation
        {
            SourcePort = flow.LocalPort,
            DestinationPort = flow.RemotePort,
            SequenceNumber = hasAck ? arrival.Header.AcknowledgmentNumber : default,
            AcknowledgmentNumber = hasAck ? default : arrival.End,
            Flags = hasAck ? TcpFlags.Rst : TcpFlags.Rst | TcpFlags.Ack,
        };
        TryEmit(path, PseudoHeader.Between(flow.Local, flow.Remote, InternetProtocol.Tcp), header, now);
        Counters.ResetsSent++;
    }

    private static void Deliver(TcpConnection connection, TimeSpan now)
    {
        if (connection.AcceptedBy is { } listener)
        {
            connection.AcceptedBy = null;
            if (connection.IsClosed)
            {
                // Reset before anyone was told of it.
                connection.Orphan(now);
                return;
            }

            connection.User = listener.Acceptor.OnAccepted(connection);
            if (connection.User is null)
            {
                connection.Orphan(now);
            }
        }

        if (connection.TakeEvents() is var events and not TcpEvents.None)
        {
            connection.User?.OnEvents(connection, events, now);
        }
    }

    private bool EmitControl(TimeSpan now)
    {
        while (_control.TryPeek(out var endpoint))
        {
            if (!endpoint.IsForgotten && !endpoint.TryEmitControl(now))
            {
                return false;
            }

            _control.Dequeue();
            endpoint.IsInControlList = false;
            RecycleForgotten(endpoint);
        }

        return true;
    }

    private bool EmitAcknowledgments(TimeSpan now)
    {
        while (_acknowledgments.TryPeek(out var connection))
        {
            // Data that leave in this burst carry the acknowledgment with them.
            if ((connection.Lists & TcpLists.Data) == 0 && !connection.TryEmitPendingAcknowledgment(now))
            {
                return false;
            }

            _acknowledgments.Dequeue();
            connection.Lists &= ~TcpLists.Acknowledgments;
            TryRecycle(connection);
        }

        return true;
    }

    private bool EmitData(TimeSpan now)
    {
        for (var count = _data.Count; count > 0; count--)
        {
            var connection = _data.Peek();
            var emission = connection.EmitData(DataShare, now);
            if (emission == DataEmission.NoRoom)
            {
                return false;
            }

            _data.Dequeue();
            if (emission == DataEmission.More)
            {
                _data.Enqueue(connection);
                count++;
                continue;
            }

            connection.Lists &= ~TcpLists.Data;
            if (!connection.TryEmitPendingAcknowledgment(now))
            {
                Enlist(connection, TcpLists.Acknowledgments);
                return false;
            }

            TryRecycle(connection);
        }

        return true;
    }
}
