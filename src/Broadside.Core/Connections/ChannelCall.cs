using Broadside.Channels;

namespace Broadside.Connections;

/// <summary>Runs a function on a channel's thread and waits for its result, for what is not done often.</summary>
internal static class ChannelCall
{
    /// <exception cref="ObjectDisposedException">The channel has stopped.</exception>
    public static Task<T> RunAsync<T>(IoChannel channel, Func<T> function)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var posted = channel.Post(new ActionWork(() =>
        {
            try
            {
                completion.SetResult(function());
            }
            catch (Exception exception)
            {
                completion.SetException(exception);
            }
        }));
        return posted ? completion.Task : throw new ObjectDisposedException(nameof(RecordEngine), "The engine was stopped.");
    }

    /// <summary>As <see cref="RunAsync"/>, but with a result of its own when the channel has stopped.</summary>
    public static Task<T> TryRunAsync<T>(IoChannel channel, Func<T> function, T stopped)
    {
        try
        {
            return RunAsync(channel, function);
        }
        catch (ObjectDisposedException)
        {
            return Task.FromResult(stopped);
        }
    }
}
