using System.Runtime.CompilerServices;

namespace Broadside.Channels;

/// <summary>Awaited, goes on on a channel's thread. Code that follows must not block.</summary>
public readonly struct ChannelSwitch : ICriticalNotifyCompletion
{
    private readonly IoChannel _channel;

    internal ChannelSwitch(IoChannel channel)
    {
        _channel = channel;
    }

    /// <summary>Whether the caller is there already.</summary>
    public bool IsCompleted => _channel.IsOnThread;

    /// <summary>This.</summary>
    public ChannelSwitch GetAwaiter() => this;

    /// <summary>Ends the wait.</summary>
    /// <exception cref="ObjectDisposedException">The channel has stopped.</exception>
    public void GetResult() => ObjectDisposedException.ThrowIf(!_channel.IsOnThread, _channel);

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation)
    {
        if (!_channel.Post(new ActionWork(continuation)))
        {
            // GetResult tells that the channel has stopped.
            ThreadPool.UnsafeQueueUserWorkItem(static state => state(), continuation, false);
        }
    }
}
