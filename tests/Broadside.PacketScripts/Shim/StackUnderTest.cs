using System.Diagnostics.CodeAnalysis;
using Broadside.NetStack;
using Broadside.NetStack.Network;
using Broadside.PacketScripts.Running;
using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Shim;

/// <summary>This repository's stack, over a device in memory, with the socket calls of scripts.</summary>
internal sealed class StackUnderTest : IStackUnderTest
{
    private readonly PacketQueueDevice _device;
    private readonly NetworkStack _stack;
    private readonly StackSockets _sockets;

    private StackUnderTest(StackSettings settings)
    {
        var arena = new Arena();
        var keys = 0UL;
        _device = new(settings.MaximumTransmissionUnit);
        _stack = new(
            _device,
            StackConfiguration.NetworkOptions(settings),
            StackConfiguration.TcpSettings(settings),
            arena,
            () => new KeyedHash(++keys, keys),
            TimeSpan.Zero);
        _sockets = new(_stack, arena, settings);
    }

    public IScriptSockets Sockets => _sockets;

    public TimeSpan? NextDeadline => _stack.NextDeadline is var deadline && deadline == TimeSpan.MaxValue ? null : deadline;

    public static IStackUnderTest Create(StackSettings settings) => new StackUnderTest(settings);

    public void Inject(ReadOnlySpan<byte> packet, TimeSpan now)
    {
        _device.Arrive(packet);
        Run(now);
    }

    public void Advance(TimeSpan now) => Run(now);

    public bool TryTakeOutgoing([MaybeNullWhen(false)] out byte[] packet)
    {
        Run(_sockets.Now);
        return _device.TryTakeSent(out packet);
    }

    public void Dispose() => _stack.Dispose();

    // As a channel does: what arrived, then its events, then what is due and what is to be sent.
    private void Run(TimeSpan now)
    {
        _sockets.Now = now;
        do
        {
            _stack.Receive(now);
            _stack.DeliverEvents(now);
            _stack.Poll(now);
        }
        while (_stack.HasWork || _device.HasArrived);
    }
}
