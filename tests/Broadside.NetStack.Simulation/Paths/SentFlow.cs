using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;
using static Broadside.NetStack.Simulation.SimulationFailedException;

namespace Broadside.NetStack.Simulation.Paths;

/// <summary>
/// One direction of one flow, as its sender made it. Where the flow was used again, by another connection or after a cookie, numbers of
/// both are about and only what holds for each by itself is required.
/// </summary>
internal sealed class SentFlow(Flow flow)
{
    private SequenceNumber? _initial;
    private SequenceNumber _end;
    private SequenceNumber? _acknowledged;
    private SequenceNumber? _rightEdge;
    private byte? _scale;
    private bool _hasFin;
    private bool _isReused;

    public int Resets { get; private set; }

    public void Forgive() => _isReused = true;

    public void OnSent(in TcpRepresentation header, int length, SentFlow? peer)
    {
        if ((header.Flags & TcpFlags.Rst) != 0)
        {
            Resets++;
            return;
        }

        if ((header.Flags & TcpFlags.Syn) != 0)
        {
            OnSynSent(header);
        }

        if (_initial is null || _isReused || peer is { _isReused: true })
        {
            return;
        }

        var end = header.SequenceNumber + length;
        RequireWithinWindow(header, end, peer);
        _end = SequenceNumber.Max(_end, end);
        if ((header.Flags & TcpFlags.Ack) != 0)
        {
            RequireAcknowledgment(header, peer);
        }
    }

    private void OnSynSent(in TcpRepresentation header)
    {
        if (_initial == header.SequenceNumber)
        {
            return;
        }

        _isReused = _initial is not null;
        _initial = _end = header.SequenceNumber;
        _scale = header.Options.WindowScale;
    }

    // RFC 9293 section 3.8.6.2.1; a FIN may lie one beyond the window.
    private void RequireWithinWindow(in TcpRepresentation header, SequenceNumber end, SentFlow? peer)
    {
        if ((header.Flags & TcpFlags.Syn) == 0 && peer?._rightEdge is { } edge)
        {
            _hasFin |= (header.Flags & TcpFlags.Fin) != 0;
            var room = _hasFin ? 1 : 0;
            Require(end <= edge + room, $"{flow}: sent up to {end}, but the peer's window ends at {edge}.");
        }
    }

    private void RequireAcknowledgment(in TcpRepresentation header, SentFlow? peer)
    {
        var number = header.AcknowledgmentNumber;
        Require(_acknowledged is not { } before || number >= before, $"{flow}: acknowledged {_acknowledged}, then {number}.");
        _acknowledged = number;
        if (peer?._initial is null)
        {
            return;
        }

        Require(number <= peer._end, $"{flow}: acknowledged {number}, but the peer has sent up to {peer._end} only.");
        var isSyn = (header.Flags & TcpFlags.Syn) != 0;
        var scale = !isSyn && _scale is { } own && peer._scale is not null ? own : 0;
        var edge = number + (header.Window << scale);

        // Less than what the scale can tell is no retreat (RFC 7323 section 2.4).
        Require(_rightEdge is not { } advertised || edge + (1 << scale) > advertised, $"{flow}: the window's edge went from {_rightEdge} back to {edge}.");
        _rightEdge = _rightEdge is { } furthest ? SequenceNumber.Max(furthest, edge) : edge;
    }
}
