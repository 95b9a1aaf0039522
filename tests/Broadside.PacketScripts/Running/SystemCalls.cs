using Broadside.PacketScripts.Parsing;
using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Running;

/// <summary>Makes a script's system calls on the stack's sockets. A call that blocks is tried again by the runner as time goes on.</summary>
internal sealed class SystemCalls
{
    private readonly Dictionary<string, Func<CallArguments, PendingCall>> _calls;
    private readonly DescriptorTable _descriptors = new();
    private readonly IScriptSockets _sockets;

    /// <param name="configuration">Which endpoints stand for "...".</param>
    /// <param name="sockets">The stack's sockets.</param>
    /// <param name="flows">Hears of connections.</param>
    /// <param name="clock">The time.</param>
    public SystemCalls(ScriptConfiguration configuration, IScriptSockets sockets, FlowTable flows, Func<TimeSpan> clock)
    {
        _sockets = sockets;
        var connections = new ConnectionCalls(configuration, sockets, flows, _descriptors);
        var transfers = new TransferCalls(configuration, sockets, flows, _descriptors);
        var controls = new ControlCalls(sockets, _descriptors);
        var polls = new PollCalls(sockets, _descriptors, clock);
        _calls = new()
        {
            ["socket"] = connections.Socket,
            ["bind"] = connections.Bind,
            ["listen"] = connections.Listen,
            ["accept"] = connections.Accept,
            ["accept4"] = connections.Accept,
            ["connect"] = connections.Connect,
            ["shutdown"] = connections.Shutdown,
            ["close"] = connections.Close,
            ["read"] = transfers.Read,
            ["recv"] = transfers.Read,
            ["recvfrom"] = transfers.Read,
            ["readv"] = transfers.ReadVector,
            ["recvmsg"] = transfers.ReceiveMessage,
            ["write"] = transfers.Write,
            ["send"] = transfers.Write,
            ["sendto"] = transfers.Write,
            ["writev"] = transfers.WriteVector,
            ["sendmsg"] = transfers.SendMessage,
            ["setsockopt"] = controls.SetOption,
            ["getsockopt"] = controls.GetOption,
            ["fcntl"] = controls.FileControl,
            ["ioctl"] = controls.DeviceControl,
            ["poll"] = polls.Poll,
        };
    }

    public PendingCall Start(SystemCall call, int line)
    {
        if (!_calls.TryGetValue(call.Name, out var handler))
        {
            throw new ScriptUnsupportedException(line, $"the system call {call.Name}");
        }

        try
        {
            return handler(new(call, line));
        }
        catch (FormatException exception)
        {
            throw new ScriptUnsupportedException(line, $"{call.Name}: {exception.Message}");
        }
        catch (NotSupportedException exception)
        {
            throw new ScriptUnsupportedException(line, exception.Message);
        }
    }

    /// <summary>Compares a call's result, and gives what it opened the number that the script has for it.</summary>
    public void Complete(SystemCall call, SocketResult result, int line)
    {
        try
        {
            if (call.Result is not EllipsisExpression && !Matches(call, ScriptConstants.Evaluate(call.Result), result))
            {
                throw new ScriptFailedException($"expected {ScriptPrinter.Print(call)}, got {result}");
            }
        }
        catch (FormatException exception)
        {
            throw new ScriptUnsupportedException(line, exception.Message);
        }

        if (_descriptors.TakeOpened() is { } opened && call.Result is IntegerExpression descriptor)
        {
            _descriptors.Add((int)descriptor.Value, opened);
        }
    }

    /// <summary>Closes what the script left open.</summary>
    public void CloseAll()
    {
        foreach (var socket in _descriptors.All)
        {
            _sockets.Close(socket.Handle);
        }
    }

    // Which number a descriptor really gets does not matter.
    private bool Matches(SystemCall call, long expected, SocketResult result) =>
        (_descriptors.HasOpened && expected >= 0 ? !result.IsError : expected == result.Value)
        && (call.Errno is null || call.Errno == result.Errno.ToString());
}
