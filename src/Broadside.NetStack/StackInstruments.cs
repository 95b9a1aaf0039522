using Broadside.Channels;
using Broadside.NetStack.Network;

namespace Broadside.NetStack;

/// <summary>What a channel publishes of its stack. Names and units are public: see docs/operations.md.</summary>
internal static class StackInstruments
{
    public static IReadOnlyList<ChannelInstrument> Of(NetworkStack stack)
    {
        var (tcp, network) = (stack.Tcp, stack.Network.Counters);
        return
        [
            new("broadside.netstack.packets_received", "{packet}", "Packets handed to the transports.", () => network[NetworkCounter.Delivered]),
            new("broadside.netstack.segments_received", "{segment}", "TCP segments received.", () => Volatile.Read(ref tcp.Counters.SegmentsReceived)),
            new("broadside.netstack.segments_sent", "{segment}", "TCP segments sent; what the device cuts itself counts once.", () => Volatile.Read(ref tcp.Counters.SegmentsSent)),
            new("broadside.netstack.resets_sent", "{segment}", "TCP resets sent.", () => Volatile.Read(ref tcp.Counters.ResetsSent)),
            new("broadside.netstack.cookies_sent", "{segment}", "SYN cookies sent.", () => Volatile.Read(ref tcp.Counters.CookiesSent)),
            new("broadside.netstack.opens_refused", "{connection}", "Connections refused for want of a place.", () => Volatile.Read(ref tcp.Counters.OpensRefused)),
            new("broadside.netstack.time_waits", "{connection}", "Connections in TIME-WAIT.", () => tcp.TimeWaitCount, Grows: false),
        ];
    }
}
