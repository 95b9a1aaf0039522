using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Broadside.Bench.Load;

/// <summary>A connection for each request: connect, send, receive until the server closes, close; so many at a time.</summary>
internal sealed unsafe class ShortLoad(int port, int concurrency) : ClosedLoopLoad(spins: true)
{
    // Ports of so many addresses are not used up while those closed last a minute in TIME_WAIT.
    private const int Addresses = 64;

    private readonly byte[] _request = HttpExchange.Request;
    private readonly int[] _descriptors = new int[concurrency];
    private readonly long[] _openedAt = new long[concurrency];
    private readonly long[] _received = new long[concurrency];
    private readonly bool[] _isSent = new bool[concurrency];
    private long _responseLength;
    private int _opened;
    private bool _isStarted;

    public override void Check()
    {
        _responseLength = Fetch();
        for (var count = 1; count < concurrency; count++)
        {
            if (Fetch() is var length && length != _responseLength)
            {
                throw new InvalidDataException($"Responses are of different lengths, {length} and {_responseLength} bytes.");
            }
        }
    }

    protected override void Start()
    {
        for (var slot = 0; slot < concurrency && !_isStarted; slot++)
        {
            Open(slot);
        }

        _isStarted = true;
    }

    protected override void OnReady(int index, bool hasEnded)
    {
        if (!_isSent[index])
        {
            Send(index);
        }

        // When the end has come too, one call has it all.
        for (long received; (received = Native.Discard(_descriptors[index])) > 0;)
        {
            _received[index] += received;
            if (_received[index] == _responseLength)
            {
                break;
            }
        }

        if (hasEnded)
        {
            Close(index);
            Open(index);
        }
    }

    private long Fetch()
    {
        using var socket = Handshake.Connect(port);
        socket.Send(_request);
        var response = new byte[64 * 1024];
        var length = 0;
        for (int received; (received = socket.Receive(response.AsSpan(length))) > 0; length += received)
        {
        }

        HttpExchange.Verify(response.AsSpan(0, length));
        return length;
    }

    private void Open(int slot)
    {
        _openedAt[slot] = Stopwatch.GetTimestamp();
        _received[slot] = 0;
        _descriptors[slot] = ClientSocket.BeginConnect(LoopbackAddresses.At(_opened++ % Addresses), port);
        Send(slot);
        Epoll.Watch(_descriptors[slot], slot, untilWritable: !_isSent[slot]);
    }

    private void Send(int slot)
    {
        fixed (byte* request = _request)
        {
            var sent = Native.Send(_descriptors[slot], request, (nuint)_request.Length, Native.NoSignalFlag);
            _isSent[slot] = sent == _request.Length;
            if (!_isSent[slot] && Marshal.GetLastPInvokeError() != Native.TryAgain)
            {
                throw new IOException($"The server refuses a connection (error {Marshal.GetLastPInvokeError()}).");
            }
        }
    }

    private void Close(int slot)
    {
        if (_received[slot] != _responseLength)
        {
            throw new IOException($"The server closed after {_received[slot]} of {_responseLength} bytes.");
        }

        _ = Native.Close(_descriptors[slot]);
        Count(Stopwatch.GetTimestamp() - _openedAt[slot]);
    }
}
