namespace Broadside.NetStack.Devices;

/// <summary>What a device's frames begin with.</summary>
internal enum LinkLayer : byte
{
    /// <summary>An Ethernet header; neighbors are found by ARP and NDP.</summary>
    Ethernet,

    /// <summary>Nothing: the frame is an IP packet, and there is one peer.</summary>
    None,
}
