using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>What a device's frames begin with.</summary>
internal enum LinkLayer : byte
{
    /// <summary>An Ethernet header; neighbors are found by ARP and NDP.</summary>
    Ethernet,

    /// <summary>Nothing: the frame is an IP packet, and there is one peer.</summary>
    None,
}

internal static class LinkLayers
{
    extension(LinkLayer linkLayer)
    {
        /// <summary>How many bytes come before the IP packet.</summary>
        public int HeaderLength => linkLayer == LinkLayer.Ethernet ? EthernetFrame.HeaderLength : 0;
    }
}
