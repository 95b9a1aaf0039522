using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>The routes, the longest prefix first (RFC 1122 section 3.3.1, RFC 4861 section 5.2).</summary>
internal sealed class RoutingTable
{
    private readonly List<Route> _routes = [];

    /// <summary>Changes with every change, so that paths notice.</summary>
    public int Version { get; private set; }

    /// <summary>Adds a route behind those as long: of equals the first counts.</summary>
    public void Add(Route route)
    {
        var index = _routes.FindIndex(other => other.Destination.Length < route.Destination.Length);
        _routes.Insert(index < 0 ? _routes.Count : index, route);
        Version++;
    }

    public bool TryFindNextHop(NetworkAddress destination, out NetworkAddress nextHop)
    {
        foreach (var route in _routes)
        {
            if (route.Destination.Contains(destination))
            {
                nextHop = route.Gateway ?? destination;
                return true;
            }
        }

        nextHop = default;
        return false;
    }

    /// <summary>Whether the most special route to an address has no gateway.</summary>
    public bool IsOnLink(NetworkAddress address) => TryFindNextHop(address, out var nextHop) && nextHop == address;
}
