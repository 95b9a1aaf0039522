using System.Net.Sockets;

namespace Broadside.Sockets;

/// <summary>An asynchronous socket call, which carries its own link in the channel's completion queue: finishing one allocates nothing.</summary>
/// <remarks>The execution context is not captured: what runs on the channel's thread belongs to no caller.</remarks>
internal abstract class SocketOperation() : SocketAsyncEventArgs(true)
{
    /// <summary>The next in the completion queue.</summary>
    public SocketOperation? Next { get; set; }

    /// <summary>Deals with the outcome, on the channel's thread.</summary>
    public abstract void Complete();

    /// <summary>Called on a thread of the pool: brings the outcome to the channel's thread.</summary>
    protected abstract override void OnCompleted(SocketAsyncEventArgs e);
}
