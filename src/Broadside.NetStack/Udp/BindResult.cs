namespace Broadside.NetStack.Udp;

internal enum BindResult : byte
{
    Bound,

    /// <summary>The address is not this host's.</summary>
    AddressNotLocal,

    /// <summary>Another socket is bound to the same address and port.</summary>
    InUse,

    /// <summary>There are as many sockets as there may be, or no ephemeral port is free.</summary>
    Exhausted,
}
