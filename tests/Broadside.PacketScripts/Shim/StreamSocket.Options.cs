using Broadside.NetStack.Tcp;
using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Shim;

/// <content>The options, which connections inherit from their listener.</content>
internal sealed partial class StreamSocket
{
    private KeepAliveOptions _keepAlive;
    private TcpConnectionOptions _options = TcpConnectionOptions.Default with { NoDelay = false };
    private bool _isKeepAliveOn;
    private bool _isCorked;

    private TcpConnectionOptions Options => _options with { KeepAlive = _isKeepAliveOn ? _keepAlive : null };

    public override SocketResult SetOption(SocketOption option, int value)
    {
        switch (option)
        {
            case SocketOption.ReuseAddress:
                return SocketResult.Success;
            case SocketOption.SendBuffer:
                _sendLimit = value;
                return SocketResult.Success;
            case SocketOption.ReceiveBuffer when _connection is null:
                _options = _options with { ReceiveBuffer = value };
                break;
            case SocketOption.MaximumSegmentSize when _connection is null:
                _options = _options with { MaximumSegmentSize = value };
                break;
            case SocketOption.NoDelay:
                _options = _options with { NoDelay = value != 0 };
                break;
            case SocketOption.QuickAcknowledgment:
                _options = _options with { QuickAcknowledgments = value != 0 };
                break;
            case SocketOption.UserTimeout:
                _options = _options with { UserTimeout = value == 0 ? null : TimeSpan.FromMilliseconds(value) };
                break;
            case SocketOption.Cork:
                _isCorked = value != 0;
                break;
            case SocketOption.KeepAlive:
                _isKeepAliveOn = value != 0;
                break;
            case SocketOption.KeepAliveIdle:
                _keepAlive = _keepAlive with { Idle = TimeSpan.FromSeconds(value) };
                break;
            case SocketOption.KeepAliveInterval:
                _keepAlive = _keepAlive with { Interval = TimeSpan.FromSeconds(value) };
                break;
            case SocketOption.KeepAliveCount:
                _keepAlive = _keepAlive with { Probes = value };
                break;
            default:
                throw new NotSupportedException($"the socket option {option} here");
        }

        if (_connection is { IsClosed: false } connection)
        {
            connection.Configure(Options, Now);
            if (option == SocketOption.NoDelay)
            {
                // tcp(7): TCP_NODELAY flushes what is corked.
                connection.IsCorked = false;
                _sockets.Stack.Poll(Now);
            }

            connection.IsCorked = _isCorked;
        }

        return SocketResult.Success;
    }

    public override SocketResult GetOption(SocketOption option) => option switch
    {
        SocketOption.NoDelay => Flag(_options.NoDelay),
        SocketOption.KeepAlive => Flag(_isKeepAliveOn),
        SocketOption.Cork => Flag(_isCorked),
        SocketOption.UserTimeout => new((long)(_options.UserTimeout?.TotalMilliseconds ?? 0)),
        SocketOption.KeepAliveIdle => new((long)_keepAlive.Idle.TotalSeconds),
        SocketOption.KeepAliveInterval => new((long)_keepAlive.Interval.TotalSeconds),
        SocketOption.KeepAliveCount => new(_keepAlive.Probes),
        _ => throw new NotSupportedException($"the value of {option}"),
    };

    public override SocketResult SetLinger(TimeSpan? linger)
    {
        _isLingeringForZero = linger == TimeSpan.Zero;
        return SocketResult.Success;
    }

    private static SocketResult Flag(bool value) => new(value ? 1 : 0);

    private void Inherit(StreamSocket listener) => (_options, _keepAlive, _isKeepAliveOn, _isCorked, _sendLimit, _isLingeringForZero) =
        (listener._options, listener._keepAlive, listener._isKeepAliveOn, listener._isCorked, listener._sendLimit, listener._isLingeringForZero);
}
