using System.Net;

namespace Broadside.Channels;

/// <summary>A connection on a channel. Every member is used on the channel's thread, except where said.</summary>
/// <remarks>
/// A backend derives from it and reports events through the <c>Raise</c> members, which keep a handler's exception from
/// harming any other connection.
/// </remarks>
public abstract class ChannelConnection
{
    /// <summary>Creates the connection.</summary>
    /// <param name="channel">The channel it lives on.</param>
    protected ChannelConnection(IoChannel channel)
    {
        Channel = channel;
    }

    /// <summary>The channel the connection lives on, for its whole life. May be read from any thread.</summary>
    public IoChannel Channel { get; }

    /// <summary>This side's endpoint; null before the connection is established. May be read from any thread.</summary>
    public abstract EndPoint? LocalEndPoint { get; }

    /// <summary>The peer's endpoint; null before the connection is established. May be read from any thread.</summary>
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>Who receives the events. Set by the backend before the first of them.</summary>
    protected IConnectionHandler Handler { get; set; } = null!;

    /// <summary>Sends a batch whole. At most one may be pending acceptance; several may await release.</summary>
    /// <param name="batch">At least one extent. It belongs to the transport until released.</param>
    /// <returns>
    /// What became of it by now. A failure is not told here: release and close follow, also where the connection had failed or was
    /// aborted before but has not yet reported its end.
    /// </returns>
    /// <exception cref="InvalidOperationException">The previous send is still pending, or <see cref="ShutdownSend"/> or <see cref="Close"/> was called.</exception>
    public abstract SendStatus Send(SendBatch batch);

    /// <summary>Stops receiving until <see cref="ResumeReceive"/>; the peer is held back by flow control. Bytes already on their way may still be delivered once.</summary>
    public abstract void PauseReceive();

    /// <summary>Receives again.</summary>
    public abstract void ResumeReceive();

    /// <summary>
    /// Has the bytes that follow those already delivered land in <paramref name="extent"/>, and reports once when it is full
    /// (<see cref="IConnectionHandler.OnExtentReceived"/>). Receiving then goes on as before. A pause does not apply to it.
    /// </summary>
    /// <param name="extent">At least one byte; the transport's until reported full or the connection is closed.</param>
    /// <exception cref="InvalidOperationException">A previous extent is not full yet.</exception>
    public abstract void ReceiveInto(Extent extent);

    /// <summary>
    /// Ends this side's direction once the pending send has gone out: the peer sees end of stream. When the peer has ended its
    /// direction too, the connection closes by itself (<see cref="CloseReason.Closed"/>). May be called again.
    /// </summary>
    public abstract void ShutdownSend();

    /// <summary>
    /// Closes gracefully: the pending send goes out, then end of stream; what still arrives is discarded until the peer ends its
    /// direction. Past <see cref="TransportOptions.CloseTimeout"/> the connection is reset. Neither bytes nor
    /// <see cref="IConnectionHandler.OnPeerClosed"/> are reported after it. Before the connection is established it aborts. May be
    /// called again.
    /// </summary>
    public abstract void Close();

    /// <summary>Resets the connection; <see cref="IConnectionHandler.OnClosed"/> follows with <paramref name="reason"/>. Does nothing once closed.</summary>
    /// <param name="reason">What to report.</param>
    /// <param name="error">What went wrong, where that says more than the reason.</param>
    public abstract void Abort(CloseReason reason = CloseReason.Aborted, Exception? error = null);

    /// <summary>Reports <see cref="IConnectionHandler.OnConnected"/>.</summary>
    protected void RaiseConnected()
    {
        try
        {
            Handler.OnConnected(this);
        }
        catch (Exception exception)
        {
            Fault(exception);
        }
    }

    /// <summary>Reports <see cref="IConnectionHandler.OnReceived"/>.</summary>
    /// <param name="segment">The bytes.</param>
    protected void RaiseReceived(ReceivedSegment segment)
    {
        try
        {
            Handler.OnReceived(segment);
        }
        catch (Exception exception)
        {
            Fault(exception);
        }
    }

    /// <summary>Reports <see cref="IConnectionHandler.OnExtentReceived"/>.</summary>
    /// <param name="extent">The full extent.</param>
    protected void RaiseExtentReceived(Extent extent)
    {
        try
        {
            Handler.OnExtentReceived(extent);
        }
        catch (Exception exception)
        {
            Fault(exception);
        }
    }

    /// <summary>Reports <see cref="IConnectionHandler.OnSendAccepted"/>.</summary>
    /// <param name="batch">The batch accepted.</param>
    protected void RaiseSendAccepted(SendBatch batch)
    {
        try
        {
            Handler.OnSendAccepted(batch);
        }
        catch (Exception exception)
        {
            Fault(exception);
        }
    }

    /// <summary>Reports <see cref="IConnectionHandler.OnSendReleased"/>.</summary>
    /// <param name="batch">The batch released.</param>
    protected void RaiseSendReleased(SendBatch batch)
    {
        try
        {
            Handler.OnSendReleased(batch);
        }
        catch (Exception exception)
        {
            Fault(exception);
        }
    }

    /// <summary>Reports <see cref="IConnectionHandler.OnPeerClosed"/>.</summary>
    protected void RaisePeerClosed()
    {
        try
        {
            Handler.OnPeerClosed();
        }
        catch (Exception exception)
        {
            Fault(exception);
        }
    }

    /// <summary>Reports <see cref="IConnectionHandler.OnClosed"/>; to be called once, last.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="error">What went wrong.</param>
    protected void RaiseClosed(CloseReason reason, Exception? error)
    {
        try
        {
            Handler.OnClosed(reason, error);
        }
        catch (Exception exception)
        {
            ChannelLog.HandlerFaulted(Channel.Logger, exception, Channel.Index);
        }
    }

    private void Fault(Exception exception)
    {
        ChannelLog.HandlerFaulted(Channel.Logger, exception, Channel.Index);
        Abort(CloseReason.HandlerFault, exception);
    }
}
