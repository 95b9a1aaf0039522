using Broadside.NetStack.Devices;
using Broadside.NetStack.Network;
using Broadside.NetStack.Steering;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Udp;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack;

/// <summary>
/// A device with the layers over it. Sans-IO: its owner passes in the time, and turn by turn has it receive, deliver events and send. A
/// channel does so in real time, tests do in virtual time.
/// </summary>
internal sealed class NetworkStack : IDisposable
{
    /// <summary>How many frames are taken before what they brought is worked on.</summary>
    private const int BurstLength = 64;

    private readonly SharingDevice? _sharing;
    private readonly ReceivedFrame[] _burst = new ReceivedFrame[BurstLength];

    /// <summary>Creates the stack, which owns its device.</summary>
    /// <param name="device">What carries its frames.</param>
    /// <param name="network">Addresses, routes and limits.</param>
    /// <param name="tcp">How TCP works.</param>
    /// <param name="arena">Where received bytes are kept.</param>
    /// <param name="createSecret">Makes keys; injected so that a simulation can be repeated.</param>
    /// <param name="now">The time.</param>
    /// <param name="ownership">Which flows are this stack's, where others have the same addresses.</param>
    public NetworkStack(
        PacketDevice device,
        NetworkOptions network,
        TcpSettings tcp,
        Arena arena,
        Func<KeyedHash> createSecret,
        TimeSpan now,
        IFlowOwnership? ownership = null)
    {
        Device = device;
        Network = new NetworkLayer(device, network);
        Tcp = new TcpLayer(Network, arena, tcp, createSecret, now, ownership);
        Udp = new UdpLayer(Network, network.Random, ownership: ownership);
        _sharing = network.Steering as SharingDevice;
        Network.Register(InternetProtocol.Tcp, Tcp);
        Network.Register(InternetProtocol.Udp, Udp);
    }

    public PacketDevice Device { get; }

    public NetworkLayer Network { get; }

    public TcpLayer Tcp { get; }

    public UdpLayer Udp { get; }

    /// <summary>How many packets for other stacks with the same addresses found no room there.</summary>
    public long SteeringDrops => _sharing?.Dropped ?? 0;

    /// <summary>Whether there is something to do at once.</summary>
    public bool HasWork => Tcp.HasEvents || Network.HasLoopback;

    /// <summary>Whether something waits for room in the device.</summary>
    public bool NeedsRoom => Tcp.HasOutput;

    /// <summary>When <see cref="Poll"/> has something to do; <see cref="TimeSpan.MaxValue"/> if never.</summary>
    public TimeSpan NextDeadline => Tcp.NextDeadline < Network.NextDeadline ? Tcp.NextDeadline : Network.NextDeadline;

    /// <summary>Takes what has arrived, a burst at most.</summary>
    /// <returns>Whether anything had.</returns>
    public bool Receive(TimeSpan now)
    {
        var hasRelayed = _sharing is not null && _sharing.Relay(Network, now);
        var count = Device.Receive(_burst);
        foreach (ref readonly var frame in _burst.AsSpan(0, count))
        {
            Network.Process(frame, now);
        }

        var hasLoopback = Network.HasLoopback;
        if (hasLoopback)
        {
            Network.ProcessLoopback(now);
        }

        _sharing?.Notify();
        return count > 0 || hasLoopback || hasRelayed;
    }

    /// <summary>Tells users what has happened to their connections.</summary>
    public void DeliverEvents(TimeSpan now) => Tcp.DeliverEvents(now);

    /// <summary>Runs what is due, and sends what may be sent as long as the device has room.</summary>
    public void Poll(TimeSpan now)
    {
        if (now >= Network.NextDeadline)
        {
            Network.OnTimer(now);
        }

        Tcp.Poll(now);
        Device.Flush();
    }

    /// <summary>Resets what connections there are, with the last frames that leave.</summary>
    public void AbortAll(TimeSpan now)
    {
        Tcp.AbortAll(now);
        Device.Flush();
    }

    public void Dispose()
    {
        Tcp.Dispose();
        Device.Dispose();
    }
}
