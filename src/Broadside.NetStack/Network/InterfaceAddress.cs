using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>An address of this host, and how far its claim to it has got.</summary>
internal sealed class InterfaceAddress(NetworkPrefix prefix)
{
    public NetworkPrefix Prefix { get; } = prefix;

    public NetworkAddress Address => Prefix.Address;

    public AddressState State { get; set; } = AddressState.Assigned;

    /// <summary>When the next probe or announcement is due, or the last has gone unanswered; never if all is done.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.MaxValue;

    public int ProbesSent { get; set; }

    public int AnnouncementsSent { get; set; }

    /// <summary>When the address was last defended (RFC 5227 section 2.4).</summary>
    public TimeSpan? DefendedAt { get; set; }
}

internal enum AddressState : byte
{
    /// <summary>Others are being asked whether they use it; it is not used yet (RFC 4862 section 2, RFC 5227 section 2.1).</summary>
    Tentative,

    /// <summary>It is this host's.</summary>
    Assigned,

    /// <summary>Another uses it: this host does not.</summary>
    Duplicate,
}
