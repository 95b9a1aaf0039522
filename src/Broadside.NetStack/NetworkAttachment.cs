using Broadside.NetStack.Devices;

namespace Broadside.NetStack;

/// <summary>Where a channel's stack meets the network: a queue of a device, which the stack opens and owns, and who it is there.</summary>
internal sealed record NetworkAttachment(Func<PacketDevice> OpenDevice, NetStackOptions Options);
