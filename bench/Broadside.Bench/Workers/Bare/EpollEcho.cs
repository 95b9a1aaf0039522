using Broadside.Bench.Load;

namespace Broadside.Bench.Workers.Bare;

/// <summary>Sends back what arrives. Sockets block, so that a send is whole; receiving asks not to.</summary>
internal sealed unsafe class EpollEcho : EpollServer
{
    private readonly byte[] _buffer = new byte[64 * 1024];

    protected override void OnAccepted(int socket) => Epoll.Watch(socket, socket);

    protected override void OnReady(int socket, bool hasEnded)
    {
        fixed (byte* bytes = _buffer)
        {
            nint received;
            do
            {
                received = Native.Receive(socket, bytes, (nuint)_buffer.Length, Native.DontWaitFlag);
                if (received > 0)
                {
                    Native.Send(socket, bytes, (nuint)received, Native.NoSignalFlag);
                }
            }
            while (received == _buffer.Length || (hasEnded && received > 0));
        }

        if (hasEnded)
        {
            _ = Native.Close(socket);
        }
    }
}
