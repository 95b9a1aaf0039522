using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>The two ends of a path.</summary>
internal readonly record struct PathKey(NetworkAddress Local, NetworkAddress Remote);
