namespace Broadside.NetStack.Tcp;

/// <summary>Whose a connection is.</summary>
internal interface ITcpUser
{
    /// <summary>Told once after a burst, with all that has happened. Anything may be called on the connection from here.</summary>
    void OnEvents(TcpConnection connection, TcpEvents events, TimeSpan now);
}
