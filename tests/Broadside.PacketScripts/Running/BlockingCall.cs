using Broadside.PacketScripts.Parsing;
using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Running;

/// <summary>A system call that had not returned when the script went on.</summary>
/// <param name="Line">Where it stands.</param>
/// <param name="Call">What it is.</param>
/// <param name="Pending">How it is tried again.</param>
/// <param name="End">When it is to return.</param>
internal sealed record BlockingCall(int Line, SystemCall Call, PendingCall Pending, TimeSpan End)
{
    /// <summary>What it returned, once it has.</summary>
    public SocketResult? Result { get; set; }
}
