namespace Broadside.Channels;

/// <summary>Decides who handles the connections a listener accepts.</summary>
public interface IConnectionAcceptor
{
    /// <summary>Called on the channel's thread for each accepted connection, before any of its events.</summary>
    /// <param name="connection">The connection; nothing may be sent on it before <see cref="IConnectionHandler.OnConnected"/>.</param>
    /// <returns>The handler, or null to refuse: the connection is reset.</returns>
    IConnectionHandler? OnAccepted(ChannelConnection connection);
}
