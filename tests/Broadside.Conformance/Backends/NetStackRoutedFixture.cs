using Broadside.NetStack;
using Broadside.NetStack.Devices;
using Broadside.NetStack.Tests.Devices;

namespace Broadside.Conformance.Backends;

/// <summary>A stack and a TUN interface for each channel, and the kernel as the router between them.</summary>
public sealed class NetStackRoutedFixture : RealTimeFixture
{
    private NetworkNamespace? _space;
    private int _count;

    /// <summary>Any address of the channel's: what is listened on is told as the channel's own.</summary>
    public override EndPoint ListenEndPoint => new IPEndPoint(IPAddress.Any, 0);

    /// <summary>The first channel's address, where nobody listens on the port.</summary>
    public override EndPoint RefusingEndPoint => new IPEndPoint(AddressOf(0), 9);

    public override bool HasUnixSockets => false;

    public override bool UsesSockets => false;

    public override bool UsesDescriptors => false;

    public override bool DefersAccepts => true;

    public override bool ChannelsShareAddresses => false;

    public override ValueTask StartAsync()
    {
        TunInterfaces.Require();
        _space = NetworkNamespace.Create();
        _space.Execute("sysctl", "-qw net.ipv4.ip_forward=1");
        return base.StartAsync();
    }

    /// <summary>An address that the kernel has nobody to give to, nor says so.</summary>
    public override SilentPeer CreateSilentPeer()
    {
        _space!.Ip("route replace blackhole 10.9.255.1/32");
        return new SilentPeer(new IPEndPoint(IPAddress.Parse("10.9.255.1"), 80), []);
    }

    protected override ChannelBackend CreateBackend() => new NetStackBackend(_ => Attach());

    protected override void CleanUp() => _space?.Dispose();

    private static IPAddress AddressOf(int index) => new([10, 9, (byte)index, 2]);

    private NetworkAttachment Attach()
    {
        var index = Interlocked.Increment(ref _count) - 1;
        var name = $"bs{index}";
        var options = new NetStackOptions
        {
            Device = "tun:" + name,
            Addresses = [new NetStackAddress(AddressOf(index), 24)],
            Gateway = new IPAddress([10, 9, (byte)index, 1]),
            MaximumConnections = 8192,
        };
        return new NetworkAttachment(() => Open(name, options), options);
    }

    private PacketDevice Open(string name, NetStackOptions options)
    {
        TunInterfaces.Add(_space!, name, options.Gateway!);
        return TunInterfaces.Open(_space!, name);
    }
}
