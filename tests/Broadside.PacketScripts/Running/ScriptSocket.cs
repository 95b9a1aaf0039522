using System.Net;
using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Running;

/// <summary>What a script's file descriptor stands for.</summary>
internal sealed class ScriptSocket(int handle, SocketProtocol protocol)
{
    public int Handle => handle;

    public SocketProtocol Protocol => protocol;

    /// <summary>O_NONBLOCK.</summary>
    public bool IsNonBlocking { get; set; }

    /// <summary>Where it was bound to; null if it was not.</summary>
    public IPEndPoint? Local { get; set; }
}
