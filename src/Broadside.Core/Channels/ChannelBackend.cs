namespace Broadside.Channels;

/// <summary>Makes channels of one kind: portable sockets, io_uring, a user-level TCP stack, a simulated network.</summary>
public abstract class ChannelBackend : IDisposable
{
    /// <summary>The backend's name, as options and logs write it: lower case, such as <c>sockets</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Makes a channel. <see cref="IoChannel.Start"/> sets it running.</summary>
    /// <param name="settings">What the channel is made with.</param>
    public abstract IoChannel CreateChannel(ChannelSettings settings);

    /// <summary>Releases what the backend's channels shared. Its channels are stopped before.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the backend's channels shared.</summary>
    /// <param name="disposing">True when called from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
