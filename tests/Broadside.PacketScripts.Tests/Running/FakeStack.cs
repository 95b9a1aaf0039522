using System.Net;
using Broadside.PacketScripts.Parsing;
using Broadside.PacketScripts.Running;
using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Tests.Running;

/// <summary>A stack that sends what a test says when it says, and remembers what it was sent.</summary>
internal sealed class FakeStack(StackSettings settings) : IStackUnderTest
{
    public const uint InitialSequence = 0xFFFF_FF00;
    public const ushort FirstRemotePort = 40_000;

    private readonly PriorityQueue<Action, TimeSpan> _timers = new();
    private readonly Queue<Action> _onInjected = new();
    private readonly Queue<byte[]> _outgoing = new();

    public FakeSockets FakeSockets { get; } = new();

    public IScriptSockets Sockets => FakeSockets;

    public List<CapturedPacket> Injected { get; } = [];

    public StackSettings Settings => settings;

    public bool IsDisposed { get; private set; }

    public TimeSpan? NextDeadline => _timers.TryPeek(out _, out var deadline) ? deadline : null;

    public IPEndPoint Local { get; set; } = new(settings.LocalAddress, 8080);

    public IPEndPoint Remote { get; set; } = new(settings.RemoteAddress, FirstRemotePort);

    public void At(double seconds, Action action) => _timers.Enqueue(action, TimeSpan.FromSeconds(seconds));

    /// <summary>Sends packets, written as a script expects them, at a time.</summary>
    public void SendAt(double seconds, params string[] packets) => At(seconds, () => Send(packets));

    /// <summary>Sends packets when the next one not spoken for arrives.</summary>
    public void Reply(params string[] packets) => _onInjected.Enqueue(() => Send(packets));

    public void Send(params string[] packets)
    {
        foreach (var text in packets)
        {
            var packet = Assert.IsType<ScriptPacket>(Assert.Single(ScriptParser.Parse($"0 {text}").Events).Action);
            var transport = packet.Transport is TcpFields tcp ? tcp with { Sequence = tcp.Sequence + InitialSequence } : packet.Transport;
            _outgoing.Enqueue(PacketEncoder.Encode(packet with { Transport = transport }, Local, Remote));
        }
    }

    public void SendBytes(byte[] packet) => _outgoing.Enqueue(packet);

    public void Inject(ReadOnlySpan<byte> packet, TimeSpan now)
    {
        Injected.Add(PacketDecoder.Decode(packet, now));
        if (_onInjected.TryDequeue(out var action))
        {
            action();
        }
    }

    public void Advance(TimeSpan now)
    {
        while (_timers.TryPeek(out var action, out var deadline) && deadline <= now)
        {
            _timers.Dequeue();
            action();
        }
    }

    public bool TryTakeOutgoing(out byte[] packet) => _outgoing.TryDequeue(out packet!);

    public void Dispose() => IsDisposed = true;
}
