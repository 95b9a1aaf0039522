using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <summary>LISTEN (RFC 9293 section 3.10.2): where connections are accepted, and how.</summary>
internal sealed class TcpListener
{
    /// <summary>Unspecified for all of the host's addresses.</summary>
    public required NetworkAddress Address { get; init; }

    public required ushort Port { get; init; }

    /// <summary>How many connections may be half open; beyond that cookies answer.</summary>
    public required int Backlog { get; init; }

    /// <summary>Accepts a connection only once it has sent something, or so much time has passed; zero accepts at once.</summary>
    public TimeSpan DeferAccept { get; init; }

    public required TcpConnectionOptions Options { get; init; }

    public required ITcpAcceptor Acceptor { get; init; }

    /// <summary>How many connections are half open.</summary>
    public int Pending { get; set; }

    public bool IsClosed { get; set; }
}

/// <summary>Decides whose an accepted connection is.</summary>
internal interface ITcpAcceptor
{
    /// <summary>A handshake is over. Null refuses: the connection is reset.</summary>
    ITcpUser? OnAccepted(TcpConnection connection);
}
