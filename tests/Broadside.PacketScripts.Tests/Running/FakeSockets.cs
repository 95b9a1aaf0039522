using System.Net;
using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Tests.Running;

/// <summary>Sockets that answer what a test says and remember what they were asked.</summary>
internal sealed class FakeSockets : IScriptSockets
{
    private readonly Dictionary<string, Queue<SocketResult>> _answers = [];
    private int _handles = 100;

    public List<string> Calls { get; } = [];

    public PollEvents Ready { get; set; }

    public Errno PendingError { get; set; }

    public int ReceiveQueue { get; set; }

    /// <summary>What a call answers next; the last answer stays.</summary>
    public void Answer(string call, params SocketResult[] results) => _answers[call] = new(results);

    public SocketResult Open(SocketProtocol protocol) => Result($"open {protocol}", new(_handles++));

    public SocketResult Bind(int handle, IPEndPoint local) => Result($"bind {handle} {local}");

    public SocketResult Listen(int handle, int backlog) => Result($"listen {handle} {backlog}");

    public SocketResult Accept(int handle) => Result($"accept {handle}", new(_handles++));

    public SocketResult Connect(int handle, IPEndPoint remote) => Result($"connect {handle} {remote}");

    public SocketResult Send(int handle, ReadOnlySpan<byte> bytes, bool more) => Result($"send {handle} {bytes.Length}{(more ? " more" : "")}", new(bytes.Length));

    public SocketResult Receive(int handle, Span<byte> bytes, bool peek) => Result($"receive {handle} {bytes.Length}", new(bytes.Length));

    public SocketResult SendTo(int handle, ReadOnlySpan<byte> bytes, IPEndPoint? remote) => Result($"sendto {handle} {bytes.Length} {remote}", new(bytes.Length));

    public SocketResult Shutdown(int handle, bool receive, bool send) => Result($"shutdown {handle} {receive} {send}");

    public SocketResult Close(int handle) => Result($"close {handle}");

    public SocketResult SetOption(int handle, SocketOption option, int value) => Result($"set {handle} {option} {value}");

    public SocketResult SetCongestionControl(int handle, string name) => Result($"congestion {handle} {name}");

    public SocketResult SetLinger(int handle, TimeSpan? linger) => Result($"linger {handle} {linger?.TotalSeconds}");

    public SocketResult GetOption(int handle, SocketOption option) => Result($"get {handle} {option}", new(1));

    public Errno TakeError(int handle) => PendingError;

    public PollEvents Poll(int handle) => Ready;

    public int ReceiveQueueLength(int handle) => ReceiveQueue;

    public (int Unacknowledged, int Unsent) SendQueueLength(int handle) => (20, 10);

    private SocketResult Result(string call, SocketResult usual = default)
    {
        Calls.Add(call);
        return !_answers.TryGetValue(call.Split(' ')[0], out var answers) ? usual : answers.Count > 1 ? answers.Dequeue() : answers.Peek();
    }
}
