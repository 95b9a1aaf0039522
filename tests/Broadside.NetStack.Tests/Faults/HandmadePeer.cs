using Broadside.NetStack.Network;
using Broadside.NetStack.Tests.Tcp.Harness;

namespace Broadside.NetStack.Tests.Faults;

/// <summary>A peer of the server's that does what a test says, and nothing by itself.</summary>
internal sealed class HandmadePeer
{
    private readonly FaultWorld _world;

    public HandmadePeer(FaultWorld world, TestAcceptor acceptor, SequenceNumber initial, TcpOptions options = default, ushort window = 65535)
    {
        _world = world;
        Flow = new Flow(new IPv4Address(0x0A090009), 4000, world.Server.Address, 80);
        Send(new() { SourcePort = 1, DestinationPort = 1, SequenceNumber = initial, Flags = TcpFlags.Syn, Window = window, Options = options });
        var answer = Take().Single().Header;
        Assert.Equal(TcpFlags.Syn | TcpFlags.Ack, answer.Flags & (TcpFlags.Syn | TcpFlags.Ack));
        (Next, ServerNext) = (initial + 1, answer.SequenceNumber + 1);
        Acknowledge(window: window);
        User = acceptor.Accepted[^1];
    }

    public Flow Flow { get; }

    public TestUser User { get; }

    /// <summary>What the peer sends next.</summary>
    public SequenceNumber Next { get; set; }

    /// <summary>What it expects next.</summary>
    public SequenceNumber ServerNext { get; set; }

    public void Send(TcpRepresentation header, ReadOnlySpan<byte> payload = default) => _world.Inject(Forged.Tcp(Flow, header, payload));

    public void Acknowledge(SequenceNumber? number = null, ushort window = 65535, TcpOptions options = default) => Send(new()
    {
        SourcePort = 1,
        DestinationPort = 1,
        SequenceNumber = Next,
        AcknowledgmentNumber = number ?? ServerNext,
        Flags = TcpFlags.Ack,
        Window = window,
        Options = options,
    });

    public void SendText(SequenceNumber sequence, ReadOnlySpan<byte> payload, TcpFlags flags = TcpFlags.Ack) => Send(
        new()
        {
            SourcePort = 1,
            DestinationPort = 1,
            SequenceNumber = sequence,
            AcknowledgmentNumber = ServerNext,
            Flags = flags,
            Window = 65535,
        },
        payload);

    /// <summary>What the server has sent to it since the last time.</summary>
    public List<(TcpRepresentation Header, byte[] Payload)> Take()
    {
        var packets = _world.ToStrangers.ConvertAll(Forged.Parse);
        _world.ToStrangers.Clear();
        return packets;
    }
}
