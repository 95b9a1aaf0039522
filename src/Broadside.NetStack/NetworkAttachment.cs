using Broadside.NetStack.Devices;
using Broadside.NetStack.Steering;

namespace Broadside.NetStack;

/// <summary>Where a channel's stack meets the network: a queue of a device, which the stack opens and owns, and who it is there.</summary>
internal sealed record NetworkAttachment(Func<Arena, PacketDevice> OpenDevice, NetStackOptions Options)
{
    public NetworkAttachment(Func<PacketDevice> openDevice, NetStackOptions options)
        : this(_ => openDevice(), options)
    {
    }

    /// <summary>Over a queue and addresses that are shared with other channels.</summary>
    public NetworkAttachment(SteeringMember member, NetStackOptions options)
        : this(member.OpenDevice, options) => Member = member;

    /// <summary>The channel's place among those that it shares the queue with; null if it has one of its own.</summary>
    public SteeringMember? Member { get; }
}
