using System.Runtime.InteropServices;
using Broadside.Bench.Load;

namespace Broadside.Bench.Workers.Bare;

/// <summary>Answers one request, then closes: accept, receive, send and close are all the calls there are where the request is there already.</summary>
internal sealed unsafe class EpollHttp : EpollServer
{
    private readonly byte[] _response = HttpExchange.Response;
    private readonly byte[] _buffer = new byte[4096];
    private RequestScanner[] _scanners = new RequestScanner[1024];

    protected override int AcceptFlags => Native.NonBlocking;

    protected override void OnAccepted(int socket)
    {
        if (socket >= _scanners.Length)
        {
            Array.Resize(ref _scanners, socket * 2);
        }

        _scanners[socket] = default;
        if (!Serve(socket))
        {
            Epoll.Watch(socket, socket);
        }
    }

    protected override void OnReady(int socket, bool hasEnded)
    {
        if (!Serve(socket) && hasEnded)
        {
            _ = Native.Close(socket);
        }
    }

    /// <summary>Whether the connection is over.</summary>
    private bool Serve(int socket)
    {
        fixed (byte* bytes = _buffer, response = _response)
        {
            var received = Native.Receive(socket, bytes, (nuint)_buffer.Length, 0);
            if (received < 0 && Marshal.GetLastPInvokeError() == Native.TryAgain)
            {
                return false;
            }

            if (received > 0)
            {
                if (!_scanners[socket].EndsIn(_buffer.AsSpan(0, (int)received)))
                {
                    return false;
                }

                // A new socket's buffer has room for it.
                Native.Send(socket, response, (nuint)_response.Length, Native.NoSignalFlag);
            }
        }

        _ = Native.Close(socket);
        return true;
    }
}
