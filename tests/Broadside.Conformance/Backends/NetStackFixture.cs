using Broadside.NetStack;
using Broadside.NetStack.Devices;

namespace Broadside.Conformance.Backends;

/// <summary>The network stack over a simulated switch in real time: each channel has a port and an address of its own.</summary>
public class NetStackFixture : RealTimeFixture
{
    private const int PrefixLength = 16;

    private readonly List<NetStackAddress> _addresses = [];
    private readonly SimulatedSwitch _switch = new(TimeProvider.System);

    /// <summary>Any address of the channel's: what is listened on is told as the channel's own.</summary>
    public override EndPoint ListenEndPoint => new IPEndPoint(IPAddress.Any, 0);

    /// <summary>The first channel's address, where nobody listens on the port.</summary>
    public override EndPoint RefusingEndPoint => new IPEndPoint(AddressOf(0), 9);

    public override bool HasUnixSockets => false;

    public override bool UsesSockets => false;

    public override bool UsesDescriptors => false;

    public override bool DefersAccepts => true;

    public override bool ChannelsShareAddresses => false;

    /// <summary>What is put between a channel and its port.</summary>
    internal Func<PacketDevice, PacketDevice> Wrap { get; set; } = static port => port;

    internal virtual SimulatedPortOptions Port => new() { QueueLimit = 16 * 1024 * 1024 };

    /// <summary>An address of a station on the switch that says who has it, and nothing else.</summary>
    public override SilentPeer CreateSilentPeer()
    {
        var attachment = Attach();
        var station = new SilentStation(attachment.OpenDevice(Arena), attachment.Options.ToNetworkOptions());
        return new SilentPeer(new IPEndPoint(attachment.Options.Addresses[0].Address, 80), [station]);
    }

    protected override ChannelBackend CreateBackend() => new NetStackBackend(_ => Attach());

    private static IPAddress AddressOf(int index) => new([10, 9, (byte)((index + 1) / 256), (byte)((index + 1) % 256)]);

    /// <summary>A station on the switch, with an address of its own.</summary>
    private protected NetworkAttachment Attach()
    {
        lock (_addresses)
        {
            var own = new NetStackAddress(AddressOf(_addresses.Count), PrefixLength);
            _addresses.Add(own);
            var options = new NetStackOptions { Device = "simulated", Addresses = [own], MaximumConnections = 8192 };
            var wrap = Wrap;
            return new NetworkAttachment(() => wrap(_switch.AddPort(Port)), options);
        }
    }
}
