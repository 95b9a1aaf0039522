using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>Where several stacks share addresses: which flows and ports are this one's. Transports say what they have begun and ended.</summary>
internal interface IFlowOwnership
{
    /// <summary>Whether a connection that begins here would get its packets without being claimed.</summary>
    bool IsHome(in Flow flow);

    /// <summary>Whether a local port chosen here may make this flow.</summary>
    bool IsUsable(in Flow flow);

    /// <summary>Has a connection's packets come here; false if it is another's, or there are too many.</summary>
    bool TryClaim(in Flow flow);

    /// <summary>A connection claimed is over.</summary>
    void Release(in Flow flow);

    /// <summary>What comes to a port is for this stack, perhaps among others.</summary>
    void Bind(InternetProtocol protocol, NetworkAddress address, ushort port);

    void Unbind(InternetProtocol protocol, NetworkAddress address, ushort port);

    /// <summary>Whether any of the stacks has bound a port.</summary>
    bool IsBound(InternetProtocol protocol, ushort port);
}
