using System.Net;
using System.Net.Sockets;
using Broadside.Channels;

namespace Broadside.Testing;

/// <summary>Who is bound to which name. Several channels may share one; one channel has it once.</summary>
internal sealed class NameTable<T>
    where T : class
{
    private readonly Dictionary<NetworkName, List<(IoChannel Channel, T Item)>> _bound = [];
    private int _lastPort;

    /// <summary>The endpoint itself, or with a port chosen where it has 0.</summary>
    public EndPoint ChoosePort(EndPoint endPoint, IPAddress host)
    {
        return endPoint is IPEndPoint { Port: 0 } ip ? new IPEndPoint(ip.Address, FreePort(ip.Address, host)) : endPoint;
    }

    public int FreePort(IPAddress address, IPAddress host)
    {
        do
        {
            _lastPort = NetworkName.PortAfter(_lastPort);
        }
        while (_bound.ContainsKey(NetworkName.From(new IPEndPoint(address, _lastPort), host)));

        return _lastPort;
    }

    /// <exception cref="SocketException">The channel is bound there already.</exception>
    public void Add(NetworkName name, IoChannel channel, T item)
    {
        if (!_bound.TryGetValue(name, out var sharers))
        {
            _bound.Add(name, sharers = []);
        }

        if (sharers.Exists(sharer => ReferenceEquals(sharer.Channel, channel)))
        {
            throw new SocketException((int)SocketError.AddressAlreadyInUse);
        }

        sharers.Add((channel, item));
    }

    public void Remove(NetworkName name, T item)
    {
        if (_bound.TryGetValue(name, out var sharers))
        {
            sharers.RemoveAll(sharer => ReferenceEquals(sharer.Item, item));
            if (sharers.Count == 0)
            {
                _bound.Remove(name);
            }
        }
    }

    /// <summary>Those bound to a name, in turn.</summary>
    public T? FindNext(NetworkName name)
    {
        if (!_bound.TryGetValue(name, out var sharers))
        {
            return null;
        }

        var next = sharers[0];
        sharers.RemoveAt(0);
        sharers.Add(next);
        return next.Item;
    }

    /// <summary>One of those bound to a name: the same each time for the same <paramref name="peer"/>.</summary>
    public T? Find(NetworkName name, int peer) =>
        _bound.TryGetValue(name, out var sharers) ? sharers[peer % sharers.Count].Item : null;
}
