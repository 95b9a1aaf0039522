namespace Broadside.IoUring.Tests;

/// <summary>Counts connections, and closes each when its peer does.</summary>
internal sealed class CountingAcceptor(BackendFixture fixture) : IConnectionAcceptor
{
    private volatile int _opened;
    private volatile int _ended;

    public int Opened => _opened;

    public int Ended => _ended;

    public IConnectionHandler? OnAccepted(ChannelConnection connection) => new RecordingHandler(fixture)
    {
        WhenConnected = _ => _opened++,
        WhenPeerClosed = handler => handler.Close(),
        WhenClosed = _ => _ended++,
    };
}
