using System.Net;
using Broadside.Channels;

namespace Broadside.Sockets;

/// <summary>The portable backend: channels over <c>System.Net.Sockets</c>, on Linux, macOS and Windows.</summary>
/// <remarks>
/// <para>The channels of one backend that listen on the same endpoint share one listening socket, each with an accept of its own
/// pending; the first one's options rule. Safe for use from any thread.</para>
/// <para>The framework reports completions on threads of the pool, so an application that blocks those delays its network. Where
/// the environment has <c>DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1</c> it reports them on its event thread instead, which saves
/// a hop and is safe here: nothing but the hand-over to the channel runs there.</para>
/// </remarks>
public sealed class SocketsBackend : ChannelBackend
{
    private readonly Lock _lock = new();
    private readonly Dictionary<EndPoint, SharedListener> _listeners = [];

    /// <inheritdoc/>
    public override string Name => "sockets";

    /// <inheritdoc/>
    public override IoChannel CreateChannel(ChannelSettings settings) => new SocketsChannel(this, settings);

    /// <summary>The listening socket of an endpoint, with <paramref name="participant"/> among those it serves.</summary>
    internal SharedListener Join(EndPoint endPoint, ListenOptions options, SocketsListener participant)
    {
        lock (_lock)
        {
            if (!_listeners.TryGetValue(endPoint, out var listener))
            {
                listener = new SharedListener(endPoint, options);
                _listeners.Add(listener.LocalEndPoint, listener);
            }

            listener.Join(participant);
            return listener;
        }
    }

    /// <summary>Takes <paramref name="participant"/> out; the last one closes the socket.</summary>
    internal void Leave(SharedListener listener, SocketsListener participant)
    {
        lock (_lock)
        {
            if (listener.Leave(participant))
            {
                _listeners.Remove(listener.LocalEndPoint);
                listener.Close();
            }
        }
    }
}
