using System.Net.Sockets;
using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>Just enough of TCP to have a connection with the kernel, so that a device's segmentation can be tested by itself.</summary>
internal sealed class HandmadeTcp(PacketDevice device, IPv4Address ours, IPv4Address kernels) : IDisposable
{
    private const ushort Port = 9000;
    private const uint InitialSequenceNumber = 1000;
    private const int MaximumSegmentSize = 1400;

    private readonly Arena _arena = new();
    private SequenceNumber _expected;
    private Socket? _listener;

    /// <summary>Connects to a socket of the kernel's and accepts there.</summary>
    public Socket Connect(TunLink link)
    {
        _listener = link.OpenSocket(SocketType.Stream, ProtocolType.Tcp);
        _listener.Listen();
        var options = new TcpOptions { MaximumSegmentSize = MaximumSegmentSize, WindowScale = 7 };
        Send(TcpFlags.Syn, InitialSequenceNumber, default, options);
        var reply = device.ReceiveOnly((in ReceivedFrame frame) =>
            frame.Bytes[0] >> 4 == 4 && frame.Bytes[9] == (byte)InternetProtocol.Tcp && (frame.Bytes[33] & (byte)TcpFlags.Syn) != 0);
        _expected = new(new ReadOnlySpan<byte>(reply).ReadUInt32(24) + 1);
        Send(TcpFlags.Ack, InitialSequenceNumber + 1, default, default);
        return _listener.Accept();
    }

    /// <summary>Sends a frame of many segments.</summary>
    public void SendSegmented(byte[] payload, int segmentSize)
    {
        var extent = _arena.Allocate(payload.Length);
        payload.CopyTo(extent.Span);
        var headers = Packets.TcpHeaders(
            ours, kernels, Segment(TcpFlags.Ack | TcpFlags.Psh, InitialSequenceNumber + 1, default), payload, partialChecksum: true);
        device.Send(new OutgoingFrame
        {
            Headers = headers,
            Payload = [extent],
            PayloadLength = payload.Length,
            SegmentSize = segmentSize,
            TransportOffset = IPv4Representation.HeaderLength,
        });
    }

    public void Dispose() => _listener?.Dispose();

    private void Send(TcpFlags flags, uint sequenceNumber, ReadOnlySpan<byte> payload, TcpOptions options) =>
        device.Send(Packets.TcpHeaders(ours, kernels, Segment(flags, sequenceNumber, options), payload));

    private TcpRepresentation Segment(TcpFlags flags, uint sequenceNumber, TcpOptions options) => new()
    {
        SourcePort = Port,
        DestinationPort = Port,
        SequenceNumber = new(sequenceNumber),
        AcknowledgmentNumber = _expected,
        Flags = flags,
        Window = ushort.MaxValue,
        Options = options,
    };
}
