namespace Broadside.Channels;

/// <summary>What became of a send by the time the call returned. What the status tells is not told again by a callback.</summary>
public enum SendStatus
{
    /// <summary>Not yet accepted: <see cref="IConnectionHandler.OnSendAccepted"/> and <see cref="IConnectionHandler.OnSendReleased"/> follow, or only the latter when the connection fails.</summary>
    Pending,

    /// <summary>Accepted whole, so that the next send may follow; the memory is still in use until <see cref="IConnectionHandler.OnSendReleased"/>.</summary>
    Accepted,

    /// <summary>Accepted whole and copied: batch and memory are the caller's again.</summary>
    Released,
}
