using System.Net;
using Broadside.PacketScripts.Parsing;

namespace Broadside.PacketScripts.Running;

/// <summary>The script's connections. One is current: packets without ports are its.</summary>
internal sealed class FlowTable(ScriptConfiguration configuration)
{
    private const ushort FirstRemotePort = 40_000;

    private readonly List<ScriptFlow> _flows = [];
    private ushort _nextRemotePort = FirstRemotePort;
    private ScriptFlow? _current;

    /// <summary>A socket listens: the next packet in begins a connection.</summary>
    public void Listen() => _current = null;

    /// <summary>A socket connects; the first packet out shows from which port unless it was bound.</summary>
    public void Connect(IPEndPoint? local, IPEndPoint remote) => Add(NewFlow(local, remote));

    /// <summary>A datagram goes out: further ones between the same endpoints belong to the same flow.</summary>
    public void SendTo(IPEndPoint? local, IPEndPoint remote) =>
        _current = _flows.FirstOrDefault(flow => flow.Remote.Equals(remote) && (local is null || flow.Local.Equals(local)))
            ?? Add(NewFlow(local, remote));

    /// <summary>The connection that a packet of the script belongs to.</summary>
    public ScriptFlow For(ScriptPacket packet)
    {
        if (PortsOf(packet) is { } ports)
        {
            var (local, remote) = packet.IsOutbound ? (ports.Source, ports.Destination) : (ports.Destination, ports.Source);
            return _flows.FirstOrDefault(flow => flow.Remote.Port == remote && (flow.Local.Port == local || flow.Local.Port == 0))
                ?? Add(new ScriptFlow(new(configuration.Stack.LocalAddress, local), new(configuration.Stack.RemoteAddress, remote)));
        }

        return _current
            ?? Add(new ScriptFlow(configuration.Local, new(configuration.Stack.RemoteAddress, _nextRemotePort++)));
    }

    /// <summary>The connection that a packet of the stack belongs to; null for none of the script's, which it need not expect.</summary>
    public ScriptFlow? Owner(CapturedPacket captured)
    {
        var flow = _flows.LastOrDefault(flow => flow.Carries(captured));
        flow?.Learn(captured);
        return flow;
    }

    private static PortPair? PortsOf(ScriptPacket packet) => packet.Transport switch
    {
        TcpFields tcp => tcp.Ports,
        UdpFields udp => udp.Ports,
        _ => null,
    };

    private ScriptFlow NewFlow(IPEndPoint? local, IPEndPoint remote) => new(local ?? new(configuration.Stack.LocalAddress, 0), remote);

    private ScriptFlow Add(ScriptFlow flow)
    {
        _flows.Add(flow);
        return _current = flow;
    }
}
