using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Running;

/// <summary>A system call under way.</summary>
/// <param name="Attempt">Tries to complete it; null as long as it blocks.</param>
/// <param name="Deadline">When it is to be tried again though nothing has happened.</param>
internal sealed record PendingCall(Func<SocketResult?> Attempt, TimeSpan? Deadline = null)
{
    public static PendingCall Completed(SocketResult result) => new(() => result);
}
