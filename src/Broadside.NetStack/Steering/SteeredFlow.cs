using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Steering;

/// <summary>What is steered: a transport's flow. Without a remote end it stands for all flows to the local one.</summary>
internal readonly record struct SteeredFlow(InternetProtocol Protocol, Flow Flow)
{
    /// <summary>All flows to a local port, whatever the address.</summary>
    public static SteeredFlow ToPort(InternetProtocol protocol, ushort localPort) => new(protocol, new(default, localPort, default, 0));
}
