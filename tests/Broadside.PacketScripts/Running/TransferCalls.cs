using System.Text;
using Broadside.PacketScripts.Parsing;
using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Running;

/// <summary>The calls that send and receive. What a script does not write out is zeros.</summary>
internal sealed class TransferCalls(ScriptConfiguration configuration, IScriptSockets sockets, FlowTable flows, DescriptorTable descriptors)
{
    private const long ReceiveFlags = ScriptConstants.MessageDontWait | ScriptConstants.MessagePeek;
    private const long SendFlags = ScriptConstants.MessageDontWait | ScriptConstants.MessageMore | ScriptConstants.MessageNoSignal;

    /// <summary>read(fd, ..., n), recv(fd, ..., n, flags), recvfrom(fd, ..., n, flags, ..., ...)</summary>
    public PendingCall Read(CallArguments arguments) =>
        Receive(arguments, arguments[1], arguments.Length(2), arguments.FlagsAt(3));

    /// <summary>readv(fd, [{..., n}, ...], count)</summary>
    public PendingCall ReadVector(CallArguments arguments) =>
        Receive(arguments, new EllipsisExpression(), VectorLength(arguments[1]), 0);

    /// <summary>recvmsg(fd, {msg_iov(n)=[...], ...}, flags)</summary>
    public PendingCall ReceiveMessage(CallArguments arguments) =>
        Receive(arguments, new EllipsisExpression(), VectorLength(MessageVector(arguments)), arguments.FlagsAt(2));

    /// <summary>write(fd, ..., n), send(fd, ..., n, flags), sendto(fd, ..., n, flags, address, ...)</summary>
    public PendingCall Write(CallArguments arguments) =>
        Send(arguments, Contents(arguments[1], arguments.Length(2)), arguments.FlagsAt(3), addressAt: 4);

    /// <summary>writev(fd, [{..., n}, ...], count)</summary>
    public PendingCall WriteVector(CallArguments arguments) =>
        Send(arguments, new byte[VectorLength(arguments[1])], 0, addressAt: int.MaxValue);

    /// <summary>sendmsg(fd, {msg_iov(n)=[...], ...}, flags)</summary>
    public PendingCall SendMessage(CallArguments arguments) =>
        Send(arguments, new byte[VectorLength(MessageVector(arguments))], arguments.FlagsAt(2), addressAt: int.MaxValue);

    private PendingCall Receive(CallArguments arguments, Expression expected, int length, long flags)
    {
        RequireKnown(arguments, flags, ReceiveFlags);
        if (descriptors.Find((int)arguments.Number(0)) is not { } socket)
        {
            return PendingCall.Completed(Errno.EBADF);
        }

        var waits = !socket.IsNonBlocking && (flags & ScriptConstants.MessageDontWait) == 0;
        var buffer = new byte[length];
        return new(() =>
        {
            var result = sockets.Receive(socket.Handle, buffer, peek: (flags & ScriptConstants.MessagePeek) != 0);
            if (result.Errno == Errno.EAGAIN && waits)
            {
                return null;
            }

            RequireContents(expected, buffer.AsSpan(0, (int)Math.Max(0, result.Value)));
            return result;
        });
    }

    private PendingCall Send(CallArguments arguments, byte[] bytes, long flags, int addressAt)
    {
        RequireKnown(arguments, flags, SendFlags);
        if (descriptors.Find((int)arguments.Number(0)) is not { } socket)
        {
            return PendingCall.Completed(Errno.EBADF);
        }

        if (socket.Protocol == SocketProtocol.Udp)
        {
            return SendDatagram(arguments, socket, bytes, addressAt);
        }

        var waits = !socket.IsNonBlocking && (flags & ScriptConstants.MessageDontWait) == 0;
        var sent = 0;
        return new(() =>
        {
            var result = sockets.Send(socket.Handle, bytes.AsSpan(sent), (flags & ScriptConstants.MessageMore) != 0);
            sent += (int)Math.Max(0, result.Value);
            return sent == bytes.Length ? new SocketResult(sent)
                : waits && result.Errno is Errno.None or Errno.EAGAIN ? null
                : sent > 0 ? new SocketResult(sent)
                : result;
        });
    }

    // An address that is left out stands for the peer's, as in connect, where the call has a place for one.
    private PendingCall SendDatagram(CallArguments arguments, ScriptSocket socket, byte[] bytes, int addressAt)
    {
        var remote = arguments.Count > addressAt ? arguments.Endpoint(addressAt) ?? configuration.Remote : null;
        if (remote is not null)
        {
            flows.SendTo(socket.Local, remote);
        }

        return PendingCall.Completed(sockets.SendTo(socket.Handle, bytes, remote));
    }

    private static void RequireKnown(CallArguments arguments, long flags, long known)
    {
        if ((flags & ~known) != 0)
        {
            throw arguments.Unsupported($"{arguments.Call.Name} with flags 0x{flags:x}");
        }
    }

    private static byte[] Contents(Expression contents, int length)
    {
        var bytes = new byte[length];
        if (contents is StringExpression text)
        {
            var given = Encoding.Latin1.GetBytes(text.Text);
            given.AsSpan(0, Math.Min(length, given.Length)).CopyTo(bytes);
        }

        return bytes;
    }

    private static void RequireContents(Expression expected, ReadOnlySpan<byte> received)
    {
        if (expected is StringExpression text && !received.StartsWith(Encoding.Latin1.GetBytes(text.Text)))
        {
            throw new ScriptFailedException($"expected {text}, got other bytes");
        }
    }

    private static Expression MessageVector(CallArguments arguments) =>
        arguments[1] is not StructureExpression message ? throw new FormatException("a message is needed")
        : message.Field("msg_control") is not (null or ArrayExpression { Items: [] }) ? throw arguments.Unsupported("control messages")
        : message.Field("msg_iov") ?? throw new FormatException("msg_iov is missing");

    private static int VectorLength(Expression vector) => vector is ArrayExpression array
        ? CallArguments.CheckedLength(array.Items.Sum(item => item is StructureExpression { Items: [_, var length] }
            ? ScriptConstants.Evaluate(length)
            : throw new FormatException($"{item} is no part of a vector")))
        : throw new FormatException("a vector is needed");
}
