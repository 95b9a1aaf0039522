using Broadside.PacketScripts.Parsing;
using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Running;

/// <summary>The calls about sockets rather than through them.</summary>
internal sealed class ControlCalls(IScriptSockets sockets, DescriptorTable descriptors)
{
    public PendingCall SetOption(CallArguments arguments) => On(arguments, socket =>
    {
        var (level, name) = (Word(arguments[1]), Word(arguments[2]));
        return (SocketOptionNames.Canonical(level), name) switch
        {
            ("SOL_SOCKET", "SO_LINGER") => SetLinger(arguments, socket),
            ("SOL_TCP", "TCP_CONGESTION") => sockets.SetCongestionControl(socket.Handle, Text(arguments[3])),
            _ when SocketOptionNames.TryFind(level, name, out var option) =>
                sockets.SetOption(socket.Handle, option, (int)ScriptConstants.Evaluate(Single(arguments[3]))),
            _ => throw arguments.Unsupported($"the socket option {name}"),
        };
    });

    public PendingCall GetOption(CallArguments arguments) => On(arguments, socket =>
    {
        var (level, name) = (Word(arguments[1]), Word(arguments[2]));
        var value = name == "SO_ERROR" ? new SocketResult((long)sockets.TakeError(socket.Handle))
            : SocketOptionNames.TryFind(level, name, out var option) ? sockets.GetOption(socket.Handle, option)
            : throw arguments.Unsupported($"the socket option {name}");
        if (!value.IsError)
        {
            RequireValue(name, arguments[3], value.Value);
        }

        return value.IsError ? value : SocketResult.Success;
    });

    public PendingCall FileControl(CallArguments arguments) => On(arguments, socket =>
    {
        switch (Word(arguments[1]))
        {
            case "F_GETFL":
                return new SocketResult(ScriptConstants.ReadWrite | (socket.IsNonBlocking ? ScriptConstants.NonBlocking : 0));
            case "F_SETFL":
                socket.IsNonBlocking = (arguments.Number(2) & ScriptConstants.NonBlocking) != 0;
                return SocketResult.Success;
            default:
                throw arguments.Unsupported($"fcntl with {arguments[1]}");
        }
    });

    public PendingCall DeviceControl(CallArguments arguments) => On(arguments, socket =>
    {
        var request = Word(arguments[1]);
        var value = request switch
        {
            "SIOCINQ" or "FIONREAD" => sockets.ReceiveQueueLength(socket.Handle),
            "SIOCOUTQ" => sockets.SendQueueLength(socket.Handle).Unacknowledged,
            "SIOCOUTQNSD" => sockets.SendQueueLength(socket.Handle).Unsent,
            _ => throw arguments.Unsupported($"ioctl with {request}"),
        };
        RequireValue(request, arguments[2], value);
        return SocketResult.Success;
    });

    private SocketResult SetLinger(CallArguments arguments, ScriptSocket socket)
    {
        if (arguments[3] is not StructureExpression linger || linger.Field("onoff") is not { } onOff || linger.Field("linger") is not { } seconds)
        {
            throw new FormatException("{onoff=..., linger=...} is needed");
        }

        return sockets.SetLinger(
            socket.Handle, ScriptConstants.Evaluate(onOff) == 0 ? null : TimeSpan.FromSeconds(ScriptConstants.Evaluate(seconds)));
    }

    private PendingCall On(CallArguments arguments, Func<ScriptSocket, SocketResult> call) =>
        PendingCall.Completed(descriptors.Find((int)arguments.Number(0)) is { } socket ? call(socket) : Errno.EBADF);

    private static void RequireValue(string name, Expression expected, long actual)
    {
        if (Single(expected) is var single and not EllipsisExpression && ScriptConstants.Evaluate(single) != actual)
        {
            throw new ScriptFailedException($"expected {name} to be {single}, got {actual}");
        }
    }

    // A pointer to a value is written as an array of one.
    private static Expression Single(Expression expression) => expression is ArrayExpression { Items: [var item] } ? item : expression;

    private static string Word(Expression expression) =>
        expression is WordExpression word ? word.Name : throw new FormatException($"{expression} is no name");

    private static string Text(Expression expression) =>
        Single(expression) is StringExpression text ? text.Text : throw new FormatException($"{expression} is no string");
}
