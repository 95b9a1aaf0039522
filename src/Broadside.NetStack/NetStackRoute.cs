using System.Net;

namespace Broadside.NetStack;

/// <summary>How a network is reached that no address of the stack is in.</summary>
/// <param name="Destination">The network.</param>
/// <param name="Gateway">The neighbor that takes packets for it; null if its hosts are neighbors themselves.</param>
public sealed record NetStackRoute(IPNetwork Destination, IPAddress? Gateway);
