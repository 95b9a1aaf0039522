using System.Net;

namespace Broadside.Channels;

/// <summary>A channel's own accept queue of an endpoint. Used on the channel's thread.</summary>
public abstract class ChannelListener
{
    /// <summary>The endpoint bound, with the port the system chose where 0 was asked for. May be read from any thread.</summary>
    public abstract EndPoint LocalEndPoint { get; }

    /// <summary>Stops accepting. Accepted connections go on. May be called again.</summary>
    public abstract void Close();
}
