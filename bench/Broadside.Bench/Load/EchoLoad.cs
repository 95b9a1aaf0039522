using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Broadside.Bench.Load;

/// <summary>Connections that stay, each with a number of requests under way; an answer is the request's own bytes.</summary>
internal sealed unsafe class EchoLoad : ClosedLoopLoad
{
    private readonly Socket[] _sockets;
    private readonly int[] _descriptors;
    private readonly int[] _received;
    private readonly int[] _oldest;
    private readonly long[] _sentAt;
    private readonly byte[] _requests;
    private readonly int _size;
    private readonly int _depth;
    private bool _isStarted;

    public EchoLoad(int port, int connections, int size, int depth, bool spins)
        : base(spins)
    {
        _size = size;
        _depth = depth;
        _sockets = [.. Enumerable.Range(0, connections).Select(_ => Handshake.Connect(port))];
        _descriptors = Array.ConvertAll(_sockets, static socket => (int)socket.Handle);
        _received = new int[connections];
        _oldest = new int[connections];
        _sentAt = new long[connections * depth];
        _requests = [.. Enumerable.Range(0, depth).SelectMany(number => EchoRequest.Create(size, number))];
    }

    public override void Check() => EchoCheck.Run(_sockets, _size, _depth);

    public override void Dispose()
    {
        Array.ForEach(_sockets, static socket => socket.Dispose());
        base.Dispose();
    }

    protected override void Start()
    {
        if (_isStarted)
        {
            return;
        }

        _isStarted = true;
        for (var index = 0; index < _sockets.Length; index++)
        {
            _sockets[index].Blocking = false;
            Epoll.Watch(_descriptors[index], index);
            _sentAt.AsSpan(index * _depth, _depth).Fill(Stopwatch.GetTimestamp());
            Send(index, _depth);
        }
    }

    protected override void OnReady(int index, bool hasEnded)
    {
        var received = Native.Discard(_descriptors[index]);
        if (hasEnded || received <= 0)
        {
            throw new IOException($"The server closed a connection (error {Marshal.GetLastPInvokeError()}).");
        }

        var (answered, left) = Math.DivRem(_received[index] + (int)received, _size);
        _received[index] = left;
        if (answered > 0)
        {
            Count(index, answered);
            Send(index, answered);
        }
    }

    // Of a connection's requests the oldest is answered first; the one that follows takes its place.
    private void Count(int index, int answered)
    {
        var now = Stopwatch.GetTimestamp();
        var oldest = _oldest[index];
        for (var count = 0; count < answered; count++)
        {
            ref var sentAt = ref _sentAt[(index * _depth) + oldest];
            Count(now - sentAt);
            sentAt = now;
            oldest = oldest + 1 == _depth ? 0 : oldest + 1;
        }

        _oldest[index] = oldest;
    }

    private void Send(int index, int count)
    {
        var length = count * _size;
        fixed (byte* requests = _requests)
        {
            if (Native.Send(_descriptors[index], requests, (nuint)length, Native.NoSignalFlag) != length)
            {
                throw new IOException($"The server does not take what is sent (error {Marshal.GetLastPInvokeError()}).");
            }
        }
    }
}
