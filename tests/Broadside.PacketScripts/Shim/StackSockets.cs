using System.Net;
using Broadside.NetStack;
using Broadside.PacketScripts.Running;
using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Shim;

/// <summary>The sockets of a script, by handle.</summary>
internal sealed class StackSockets(NetworkStack stack, Arena arena, StackSettings settings) : IScriptSockets
{
    private readonly Dictionary<int, StackSocket> _sockets = [];
    private int _handles;

    public NetworkStack Stack => stack;

    public Arena Arena => arena;

    public StackSettings Settings => settings;

    /// <summary>When calls happen.</summary>
    public TimeSpan Now { get; set; }

    public SocketResult Open(SocketProtocol protocol) =>
        Add(protocol == SocketProtocol.Tcp ? new StreamSocket(this) : new DatagramSocket(this));

    public SocketResult Bind(int handle, IPEndPoint local) => _sockets[handle].Bind(local);

    public SocketResult Listen(int handle, int backlog) => _sockets[handle].Listen(backlog);

    public SocketResult Accept(int handle)
    {
        var result = _sockets[handle].Accept(out var accepted);
        return accepted is null ? result : Add(accepted);
    }

    public SocketResult Connect(int handle, IPEndPoint remote) => _sockets[handle].Connect(remote);

    public SocketResult Send(int handle, ReadOnlySpan<byte> bytes, bool more) => _sockets[handle].Send(bytes, more);

    public SocketResult Receive(int handle, Span<byte> bytes, bool peek) => _sockets[handle].Receive(bytes, peek);

    public SocketResult SendTo(int handle, ReadOnlySpan<byte> bytes, IPEndPoint? remote) => _sockets[handle].SendTo(bytes, remote);

    public SocketResult Shutdown(int handle, bool receive, bool send) => _sockets[handle].Shutdown(receive, send);

    public SocketResult Close(int handle)
    {
        _sockets.Remove(handle, out var socket);
        socket!.Close();
        return SocketResult.Success;
    }

    public SocketResult SetOption(int handle, SocketOption option, int value) => _sockets[handle].SetOption(option, value);

    public SocketResult SetCongestionControl(int handle, string name) => name == (settings.CongestionControl ?? "cubic")
        ? SocketResult.Success
        : throw new NotSupportedException("congestion control of one connection");

    public SocketResult SetLinger(int handle, TimeSpan? linger) => _sockets[handle].SetLinger(linger);

    public SocketResult GetOption(int handle, SocketOption option) => _sockets[handle].GetOption(option);

    public Errno TakeError(int handle) => _sockets[handle].TakeError();

    public PollEvents Poll(int handle) => _sockets[handle].Poll();

    public int ReceiveQueueLength(int handle) => _sockets[handle].ReceiveQueueLength;

    public (int Unacknowledged, int Unsent) SendQueueLength(int handle) => _sockets[handle].SendQueueLength;

    private SocketResult Add(StackSocket socket)
    {
        _sockets.Add(++_handles, socket);
        return new SocketResult(_handles);
    }
}
