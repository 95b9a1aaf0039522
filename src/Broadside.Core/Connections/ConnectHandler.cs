using System.Net;
using Broadside.Channels;

namespace Broadside.Connections;

/// <summary>Stands before a connection's handler until it is established, and tells whoever connects how that went.</summary>
internal sealed class ConnectHandler(IRecordHandler handler, ChannelHost host) : IRecordHandler
{
    private readonly TaskCompletionSource<RecordConnection> _connected = host.Core.NewCompletion<RecordConnection>();
    private ChannelConnection? _attempt;
    private EndPoint? _target;
    private bool _isConnected;

    public async Task<RecordConnection> ConnectAsync(
        RecordConnection connection, EndPoint target, ConnectOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _target = target;
        await ChannelCall.RunAsync(host, () => _attempt = host.Channel.Connect(target, options, connection)).ConfigureAwait(false);
        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((ConnectHandler)state!).Cancel(token), this).ConfigureAwait(false);
        return await _connected.Task.ConfigureAwait(false);
    }

    public void OnConnected(RecordConnection connection)
    {
        _isConnected = true;
        handler.OnConnected(connection);
        if (!_connected.TrySetResult(connection))
        {
            connection.Abort();
        }
    }

    public void OnReceived(RecordConnection connection, ref RecordBatch records) => handler.OnReceived(connection, ref records);

    public bool OnInvalid(RecordConnection connection, string reason) => handler.OnInvalid(connection, reason);

    public void OnPeerClosed(RecordConnection connection) => handler.OnPeerClosed(connection);

    public void OnClosed(RecordConnection connection, CloseReason reason, Exception? error)
    {
        if (_isConnected)
        {
            // Also where the attempt had been given up: whoever was told of a beginning is told of the end.
            handler.OnClosed(connection, reason, error);
        }

        if (!_connected.Task.IsCompleted)
        {
            _connected.TrySetException(new ConnectException(_target!, reason, error));

            // Seen here, so that a failed attempt nobody waits for any more is not reported as unobserved.
            _ = _connected.Task.Exception;
        }
    }

    private void Cancel(CancellationToken token)
    {
        if (_connected.TrySetCanceled(token))
        {
            var attempt = _attempt!;
            attempt.Channel.Post(new ActionWork(() => attempt.Abort()));
        }
    }
}
