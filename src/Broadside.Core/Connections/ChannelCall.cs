using Broadside.Channels;

namespace Broadside.Connections;

/// <summary>Runs a function on a channel's thread and waits for its result, for what is not done often.</summary>
internal static class ChannelCall
{
    /// <exception cref="ObjectDisposedException">The channel has stopped.</exception>
    public static Task<T> RunAsync<T>(ChannelHost host, Func<T> function)
    {
        var completion = host.Core.NewCompletion<T>();
        var posted = host.Channel.Post(new ActionWork(() =>
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
    public static Task<T> TryRunAsync<T>(ChannelHost host, Func<T> function, T stopped)
    {
        try
        {
            return RunAsync(host, function);
        }
        catch (ObjectDisposedException)
        {
            return Task.FromResult(stopped);
        }
    }
}
