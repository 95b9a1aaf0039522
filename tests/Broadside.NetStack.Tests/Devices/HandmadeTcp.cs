using System.Net.Sockets;
using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>Just enough of TCP to have a connection with the kernel, so that a device's segmentation can be tested by itself.</summary>
internal sealed class HandmadeTcp(DeviceLink link, bool isIPv6) : IDisposable
{
    public const int MaximumSegmentSize = 1400;

    private const uint InitialSequenceNumber = 1000;

    private readonly Arena _arena = new();
    private readonly NetworkAddress _ours = isIPv6 ? DeviceLink.OursIPv6 : DeviceLink.Ours;
    private readonly NetworkAddress _kernels = isIPv6 ? DeviceLink.KernelsIPv6 : DeviceLink.Kernels;
    private SequenceNumber _expected;
    private Socket? _listener;

    /// <summary>The length of an IP header.</summary>
    public int HeaderLength => isIPv6 ? IPv6Representation.HeaderLength : IPv4Representation.HeaderLength;

    /// <summary>Connects to a socket of the kernel's and accepts there.</summary>
    public Socket Connect()
    {
        _listener = link.OpenSocket(SocketType.Stream, ProtocolType.Tcp, isIPv6);
        _listener.Listen();
        var options = new TcpOptions { MaximumSegmentSize = MaximumSegmentSize, WindowScale = 7 };
        Send(TcpFlags.Syn, InitialSequenceNumber, default, options);
        _expected = new(new ReadOnlySpan<byte>(link.Receive(InternetProtocol.Tcp)).ReadUInt32(4) + 1);
        Send(TcpFlags.Ack, InitialSequenceNumber + 1, default, default);
        return _listener.Accept();
    }

    /// <summary>Sends a frame of many segments.</summary>
    public void SendSegmented(byte[] payload, TcpFlags flags)
    {
        var extent = _arena.Allocate(payload.Length);
        payload.CopyTo(extent.Span);
        var headers = link.Frame(Packets.TcpHeaders(
            _ours,
            _kernels,
            Segment(TcpFlags.Ack | flags, InitialSequenceNumber + 1, default),
            payload,
            partialChecksum: true));
        link.Device.Send(new OutgoingFrame
        {
            Headers = headers,
            Payload = [extent],
            PayloadLength = payload.Length,
            SegmentSize = MaximumSegmentSize,
            TransportOffset = link.NetworkOffset + HeaderLength,
        });
    }

    public void Dispose() => _listener?.Dispose();

    private void Send(TcpFlags flags, uint sequenceNumber, ReadOnlySpan<byte> payload, TcpOptions options) =>
        link.Send(Packets.TcpHeaders(_ours, _kernels, Segment(flags, sequenceNumber, options), payload));

    private TcpRepresentation Segment(TcpFlags flags, uint sequenceNumber, TcpOptions options) => new()
    {
        SourcePort = DeviceLink.Port,
        DestinationPort = DeviceLink.Port,
        SequenceNumber = new(sequenceNumber),
        AcknowledgmentNumber = _expected,
        Flags = flags,
        Window = ushort.MaxValue,
        Options = options,
    };
}
