using Broadside.NetStack.Devices;

namespace Broadside.NetStack;

/// <summary>Where a channel's stack meets the network: a queue of a device, which the stack owns from then on, and who it is there.</summary>
internal sealed record NetworkAttachment(PacketDevice Device, NetStackOptions Options);
