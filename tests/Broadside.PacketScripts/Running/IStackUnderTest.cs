using System.Diagnostics.CodeAnalysis;
using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Running;

/// <summary>A stack with one interface that carries IP packets, driven in virtual time by one caller.</summary>
internal interface IStackUnderTest : IDisposable
{
    IScriptSockets Sockets { get; }

    /// <summary>When it next has something to do by itself; null for never.</summary>
    TimeSpan? NextDeadline { get; }

    /// <summary>A packet arrives. It may be longer than the MTU, as where a device joins segments.</summary>
    void Inject(ReadOnlySpan<byte> packet, TimeSpan now);

    /// <summary>Time goes on to <paramref name="now"/>, never beyond the next deadline; what is due by then is done. Socket calls that follow happen then.</summary>
    void Advance(TimeSpan now);

    /// <summary>Takes the next packet that the stack has sent, from its IP header on.</summary>
    bool TryTakeOutgoing([MaybeNullWhen(false)] out byte[] packet);
}
