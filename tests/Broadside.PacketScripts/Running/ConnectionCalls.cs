using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Running;

/// <summary>The calls that make, join and end connections.</summary>
internal sealed class ConnectionCalls(ScriptConfiguration configuration, IScriptSockets sockets, FlowTable flows, DescriptorTable descriptors)
{
    private const int StreamType = 1;
    private const int DatagramType = 2;
    private const int TypeMask = 0xF;

    public PendingCall Socket(CallArguments arguments)
    {
        var type = arguments.Number(1);
        var protocol = (type & TypeMask) switch
        {
            StreamType => SocketProtocol.Tcp,
            DatagramType => SocketProtocol.Udp,
            _ => throw arguments.Unsupported($"a socket of type {arguments[1]}"),
        };
        if (arguments.Number(2) is not (0 or 6 or 17))
        {
            throw arguments.Unsupported($"a socket of protocol {arguments[2]}");
        }

        var result = sockets.Open(protocol);
        if (!result.IsError)
        {
            descriptors.Opened(new((int)result.Value, protocol) { IsNonBlocking = (type & ScriptConstants.NonBlocking) != 0 });
        }

        return PendingCall.Completed(result);
    }

    public PendingCall Bind(CallArguments arguments) => On(arguments, socket =>
    {
        socket.Local = arguments.Endpoint(1) ?? configuration.Local;
        return sockets.Bind(socket.Handle, socket.Local);
    });

    public PendingCall Listen(CallArguments arguments) => On(arguments, socket =>
    {
        flows.Listen();
        return sockets.Listen(socket.Handle, (int)arguments.Number(1));
    });

    public PendingCall Accept(CallArguments arguments)
    {
        if (descriptors.Find((int)arguments.Number(0)) is not { } listener)
        {
            return PendingCall.Completed(Errno.EBADF);
        }

        var isNonBlocking = (arguments.FlagsAt(3) & ScriptConstants.NonBlocking) != 0;
        return new(() =>
        {
            var result = sockets.Accept(listener.Handle);
            if (!result.IsError)
            {
                descriptors.Opened(new((int)result.Value, SocketProtocol.Tcp) { IsNonBlocking = isNonBlocking });
            }

            return result.Errno == Errno.EAGAIN && !listener.IsNonBlocking ? null : result;
        });
    }

    public PendingCall Connect(CallArguments arguments)
    {
        if (descriptors.Find((int)arguments.Number(0)) is not { } socket)
        {
            return PendingCall.Completed(Errno.EBADF);
        }

        var remote = arguments.Endpoint(1) ?? configuration.Remote;
        var result = sockets.Connect(socket.Handle, remote);
        if (result.Errno is not (Errno.EALREADY or Errno.EISCONN))
        {
            flows.Connect(socket.Local, remote);
        }

        return result.Errno != Errno.EINPROGRESS || socket.IsNonBlocking
            ? PendingCall.Completed(result)
            : new(() => sockets.Poll(socket.Handle) == PollEvents.None ? null : (SocketResult)sockets.TakeError(socket.Handle));
    }

    public PendingCall Shutdown(CallArguments arguments) =>
        On(arguments, socket => sockets.Shutdown(socket.Handle, receive: arguments.Number(1) is 0 or 2, send: arguments.Number(1) is 1 or 2));

    public PendingCall Close(CallArguments arguments) => On(arguments, socket =>
    {
        descriptors.Remove((int)arguments.Number(0));
        return sockets.Close(socket.Handle);
    });

    private PendingCall On(CallArguments arguments, Func<ScriptSocket, SocketResult> call) =>
        PendingCall.Completed(descriptors.Find((int)arguments.Number(0)) is { } socket ? call(socket) : Errno.EBADF);
}
