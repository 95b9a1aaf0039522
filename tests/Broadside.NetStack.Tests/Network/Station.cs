using Broadside.NetStack.Devices;
using Broadside.NetStack.Network;

namespace Broadside.NetStack.Tests.Network;

/// <summary>A network layer over a recording device, with the frames a neighbor could send it.</summary>
internal sealed unsafe class Station
{
    public const int Seed = 7;

    public static readonly MacAddress OwnMac = new(0x02_00_00_00_00_01);
    public static readonly MacAddress PeerMac = new(0x02_00_00_00_00_02);
    public static readonly IPv4Address Own = IPv4("10.9.0.1");
    public static readonly IPv4Address Peer = IPv4("10.9.0.2");
    public static readonly IPv6Address Own6 = IPv6("fd00::1");
    public static readonly IPv6Address Peer6 = IPv6("fd00::2");

    private readonly byte[] _frame = GC.AllocateUninitializedArray<byte>(1 << 17, pinned: true);

    public Station(
        NetworkOptions? options = null,
        MacAddress? mac = null,
        int maximumTransmissionUnit = 1500,
        LinkLayer linkLayer = LinkLayer.Ethernet,
        bool isStarted = true)
    {
        Device = new(mac ?? OwnMac, maximumTransmissionUnit, linkLayer);
        Layer = new(Device, options ?? Options());
        Layer.Register(InternetProtocol.Tcp, Transport);
        Layer.Register(InternetProtocol.Udp, Transport);
        Layer.Register(InternetProtocol.Icmp, Transport);
        Layer.Register(InternetProtocol.Icmpv6, Transport);
        if (isStarted)
        {
            Advance(TimeSpan.FromSeconds(10));
            Device.Sent.Clear();
        }
    }

    public RecordingDevice Device { get; }

    public NetworkLayer Layer { get; }

    public RecordingTransport Transport { get; } = new();

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(100);

    public List<byte[]> Sent => Device.Sent;

    public NetworkCounters Counters => Layer.Counters;

    public static NetworkOptions Options() => new()
    {
        Addresses = [new(Own, 24), new(Own6, 64)],
        DuplicateAddressDetectionTransmits = 0,
        Random = new Random(Seed),
    };

    public static IPv4Address IPv4(string text) => IPv4Address.From(System.Net.IPAddress.Parse(text));

    public static IPv6Address IPv6(string text) => IPv6Address.From(System.Net.IPAddress.Parse(text));

    /// <summary>Lets time pass, from one deadline to the next.</summary>
    public void Advance(TimeSpan time)
    {
        var until = Now + time;
        while (Layer.NextDeadline <= until)
        {
            Now = Layer.NextDeadline > Now ? Layer.NextDeadline : Now;
            Layer.OnTimer(Now);
        }

        Now = until;
    }

    public void Receive(ReadOnlySpan<byte> frame, ChecksumValidation validation = ChecksumValidation.Software)
    {
        frame.CopyTo(_frame);
        fixed (byte* pointer = _frame)
        {
            Layer.Process(new ReceivedFrame(pointer, frame.Length, validation), Now);
        }
    }

    /// <summary>What was sent since the last call.</summary>
    public List<byte[]> Take()
    {
        var sent = Sent.ToList();
        Sent.Clear();
        return sent;
    }

    /// <summary>Has the peer's addresses known, as if it had asked for this station's.</summary>
    public void Introduce()
    {
        Receive(Frames.Arp(ArpOperation.Request, PeerMac, Peer, default, Own, MacAddress.Broadcast));
        Receive(Frames.Solicitation(PeerMac, Peer6, Own6));
        Sent.Clear();
    }

    public TransmitResult Send(NetworkAddress remote, byte[] transport, bool allowsFragmentation = false, InternetProtocol protocol = InternetProtocol.Udp)
    {
        NetworkAddress any = remote.IsIPv4 ? IPv4Address.Unspecified : IPv6Address.Unspecified;
        return Layer.TryFindPath(any, remote, out var path)
            ? Layer.TrySend(
                path,
                new OutgoingPacket { Protocol = protocol, TransportHeader = transport, AllowsFragmentation = allowsFragmentation },
                Now)
            : TransmitResult.Dropped;
    }
}
