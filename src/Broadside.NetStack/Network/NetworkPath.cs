using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>How a remote address is reached from a local one; shared by all who talk to it.</summary>
internal abstract class NetworkPath
{
    public abstract NetworkAddress Local { get; }

    public abstract NetworkAddress Remote { get; }

    /// <summary>The longest packet, IP header included, that the whole path is known to carry (RFC 1191, RFC 8201).</summary>
    public abstract int MaximumTransmissionUnit { get; }

    /// <summary>The longest packet of the first link, whatever the path beyond carries.</summary>
    public abstract int LinkMaximumTransmissionUnit { get; }

    /// <summary>The longest payload with TCP header of a packet that the device cuts into segments itself; zero if it cuts none.</summary>
    public abstract int MaximumSegmentedLength { get; }

    /// <summary>How long the IP header is: 20 or 40 bytes.</summary>
    public int NetworkHeaderLength => Local.IsIPv4 ? IPv4Representation.HeaderLength : IPv6Representation.HeaderLength;

    /// <summary>Whether it leads to a broadcast or multicast address.</summary>
    public virtual bool IsGroup => false;

    /// <summary>
    /// Lowers the limit on the word of an ICMP message that the transport has found genuine; never below what RFC 1191 section 3 and RFC
    /// 8201 section 4 allow. It is raised again after ten minutes.
    /// </summary>
    public abstract void LowerMaximumTransmissionUnit(int value, TimeSpan now);

    /// <summary>The neighbor was heard of by the transport: its address needs no confirmation now (RFC 4861 section 7.3.1).</summary>
    public abstract void ConfirmReachability(TimeSpan now);
}
