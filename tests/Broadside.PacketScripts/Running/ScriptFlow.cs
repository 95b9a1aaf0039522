using System.Net;
using Broadside.NetStack.Wire;
using Broadside.PacketScripts.Parsing;

namespace Broadside.PacketScripts.Running;

/// <summary>
/// A connection as the script sees it: which endpoints it has on the wire, and what the script's numbers are there. The peer's sequence
/// numbers and timestamps, which the script makes itself, are the same in both; the stack's own differ.
/// </summary>
internal sealed class ScriptFlow(IPEndPoint local, IPEndPoint remote)
{
    private readonly Dictionary<uint, uint> _timestampsOnWire = [];
    private (uint Script, uint Wire)? _firstTimestamp;
    private uint? _initialSequenceOnWire;
    private uint _initialSequenceInScript;
    private uint? _peersInitialSequence;

    // A SYN with another sequence number than the first may begin a new connection of the same endpoints (RFC 6191): if the stack
    // agrees, its numbers are learnt anew.
    private bool _beginsAnew;

    /// <summary>The stack's side; the port is zero until a connecting socket's first packet shows it.</summary>
    public IPEndPoint Local { get; private set; } = local;

    /// <summary>The script's side; the port is zero until the first packet to a listener chooses it.</summary>
    public IPEndPoint Remote { get; } = remote;

    public bool Carries(CapturedPacket captured) => Matches(Local, captured.Source) && Matches(Remote, captured.Destination);

    public void Learn(CapturedPacket captured)
    {
        if (Local.Port == 0 && captured.Packet.Transport is TcpFields or UdpFields)
        {
            Local = captured.Source;
        }
    }

    /// <summary>Sees what the script injects.</summary>
    public void Injected(TcpFields packet)
    {
        if ((packet.Flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Syn)
        {
            _beginsAnew = packet.Sequence != (_peersInitialSequence ??= packet.Sequence);
        }
    }

    /// <summary>Learns what the numbers of the wire are in the script from a packet and what is expected in its place.</summary>
    public void Learn(TcpFields expected, TcpFields captured)
    {
        if ((captured.Flags & TcpFlags.Syn) != 0 && (_initialSequenceOnWire is null || _beginsAnew))
        {
            (_initialSequenceInScript, _initialSequenceOnWire) = (expected.Sequence, captured.Sequence);
            _beginsAnew = false;
            _firstTimestamp = null;
        }

        if (TimestampsOf(expected) is { } inScript && TimestampsOf(captured) is { } onWire)
        {
            _timestampsOnWire[inScript.Value] = onWire.Value;
            _firstTimestamp ??= (inScript.Value, onWire.Value);
        }
    }

    /// <summary>A captured packet in the script's numbers.</summary>
    public TcpFields ToScript(TcpFields captured) => captured with
    {
        Sequence = captured.Sequence - Offset,
        Options = captured.Options?.Select(option => option is TimestampsField timestamps && _firstTimestamp is { } first
            ? timestamps with { Value = timestamps.Value - first.Wire + first.Script }
            : option).ToList(),
    };

    /// <summary>A packet of the script in the numbers of the wire.</summary>
    public TcpFields ToWire(TcpFields packet, bool scalesTimestampEchoes)
    {
        var isAcknowledging = (packet.Flags & TcpFlags.Ack) != 0;
        return packet with
        {
            Acknowledgment = isAcknowledging ? packet.Acknowledgment + Offset : packet.Acknowledgment,
            Options = packet.Options?.Select(option => option switch
            {
                SackField sack => new SackField([.. sack.Ranges.Select(range => new SackRange(range.Left + Offset, range.Right + Offset))]),
                TimestampsField timestamps when isAcknowledging =>
                    timestamps with { EchoReply = ToWire(timestamps.EchoReply, scalesTimestampEchoes) },
                _ => option,
            }).ToList(),
        };
    }

    public uint ToWire(uint sequence) => sequence + Offset;

    private uint Offset => (_initialSequenceOnWire ?? 0) - _initialSequenceInScript;

    private static bool Matches(IPEndPoint known, IPEndPoint captured) =>
        known.Address.Equals(captured.Address) && (known.Port == captured.Port || known.Port == 0 || captured.Port == 0);

    private static TimestampsField? TimestampsOf(TcpFields packet) => packet.Options?.OfType<TimestampsField>().FirstOrDefault();

    // A well-behaved peer echoes what it was sent, so that any other echo in a script is taken for a slip.
    private uint ToWire(uint echo, bool scales) =>
        _timestampsOnWire.TryGetValue(echo, out var onWire) ? onWire
        : scales && _firstTimestamp is { } first ? echo - first.Script + first.Wire
        : throw new ScriptFailedException($"no packet with TS val {echo} was seen that could be echoed");
}
