using Broadside.NetStack.Devices;
using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tests.Network;
using Broadside.NetStack.Tests.Tcp.Harness;
using Broadside.NetStack.Udp;

namespace Broadside.NetStack.Tests.Faults;

/// <summary>A host's whole stack over a device that keeps what is sent.</summary>
internal sealed unsafe class StackHost : IDisposable
{
    private readonly byte[] _frame = GC.AllocateUninitializedArray<byte>(1 << 17, pinned: true);

    public StackHost(byte number, TcpSettings settings, TimeSpan now, int arenaBlocks, Func<NetworkOptions, NetworkOptions>? change = null)
    {
        var random = new Random(number);
        Arena = new Arena(new ArenaOptions { Diagnostics = true, MaximumBytes = (long)arenaBlocks << 21 });
        Address = new IPv4Address(0x0A090000u + number);
        Address6 = new IPv6Address(0xFD00_0000_0000_0000, number);
        Device = new(default, 1500, LinkLayer.None);
        var options = new NetworkOptions
        {
            Addresses = [new(Address, 16), new(Address6, 64)],
            Routes = [Route.Default(new IPv4Address(0x0A0900FE)), Route.Default(new IPv6Address(0xFD00_0000_0000_0000, 0xFE))],
            DuplicateAddressDetectionTransmits = 0,
            Random = random,
        };
        Network = new(Device, change?.Invoke(options) ?? options);
        Tcp = new(Network, Arena, settings, () => KeyedHash.Create(random), now);
        Udp = new(Network, random);
        Network.Register(InternetProtocol.Tcp, Tcp);
        Network.Register(InternetProtocol.Udp, Udp);
        Network.OnTimer(now);
        Device.Sent.Clear();
    }

    public Arena Arena { get; }

    public IPv4Address Address { get; }

    public IPv6Address Address6 { get; }

    public RecordingDevice Device { get; }

    public NetworkLayer Network { get; }

    public TcpLayer Tcp { get; }

    public UdpLayer Udp { get; }

    public TimeSpan NextDeadline => Tcp.NextDeadline < Network.NextDeadline ? Tcp.NextDeadline : Network.NextDeadline;

    public TestAcceptor Listen(ushort port, TcpConnectionOptions? options = null, int backlog = 128)
    {
        var acceptor = new TestAcceptor(Arena);
        foreach (var address in (NetworkAddress[])[IPv4Address.Unspecified, IPv6Address.Unspecified])
        {
            Assert.True(Tcp.TryListen(new()
            {
                Address = address,
                Port = port,
                Backlog = backlog,
                Options = options ?? new(),
                Acceptor = acceptor,
            }));
        }

        return acceptor;
    }

    public OpenResult TryConnect(NetworkAddress remote, ushort port, TimeSpan now, out TestUser user, ushort localPort = 0)
    {
        user = new TestUser(Arena);
        NetworkAddress any = remote.IsIPv4 ? IPv4Address.Unspecified : IPv6Address.Unspecified;
        var result = Tcp.Connect(any, localPort, remote, port, new(), user, now, out var connection);
        user.Connection = connection;
        return result;
    }

    public void Receive(ReadOnlySpan<byte> packet, TimeSpan now, ChecksumValidation validation = ChecksumValidation.Software)
    {
        packet.CopyTo(_frame);
        fixed (byte* pointer = _frame)
        {
            Network.Process(new ReceivedFrame(pointer, packet.Length, validation), now);
        }
    }

    public void Poll(TimeSpan now)
    {
        Tcp.DeliverEvents(now);
        Tcp.Poll(now);
        if (Network.NextDeadline <= now)
        {
            Network.OnTimer(now);
        }
    }

    public void Dispose() => Tcp.Dispose();
}
