using System.Net;
using Broadside.Channels;

namespace Broadside;

/// <summary>A connection could not be established.</summary>
public sealed class ConnectException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="endPoint">Where to.</param>
    /// <param name="reason">Why not.</param>
    /// <param name="innerException">What went wrong, where that tells more.</param>
    public ConnectException(EndPoint endPoint, CloseReason reason, Exception? innerException = null)
        : base($"Connecting to {endPoint} failed: {reason}{(innerException is null ? "" : $" ({innerException.Message})")}.", innerException)
    {
        EndPoint = endPoint;
        Reason = reason;
    }

    /// <summary>Where to.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>Why not.</summary>
    public CloseReason Reason { get; }
}
