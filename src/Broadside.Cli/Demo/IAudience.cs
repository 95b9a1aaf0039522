namespace Broadside.Cli.Demo;

/// <summary>A server with connected receivers, to which a message can be broadcast.</summary>
internal interface IAudience : IAsyncDisposable
{
    /// <summary>Where it listens.</summary>
    int Port { get; }

    /// <summary>Waits until so many receivers more are served: they are connected before the server has accepted them.</summary>
    Task MembersAsync(int count);

    /// <summary>Sends a message so many times to all receivers.</summary>
    Task BroadcastAsync(byte[] message, int times);
}
