using Broadside.Channels;
using Broadside.NetStack.Network;

namespace Broadside.NetStack;

/// <summary>What a channel publishes of its stack. Names and units are public: see docs/operations.md.</summary>
internal static class StackInstruments
{
    public static IReadOnlyList<ChannelInstrument> Of(NetStackChannel channel)
    {
        return
        [
            new("broadside.netstack.packets_received", "{packet}", "Packets handed to the transports.", Read(static stack => stack.Network.Counters[NetworkCounter.Delivered])),
            new("broadside.netstack.packets_steered", "{packet}", "Packets handed on to other channels.", Read(static stack => stack.Network.Counters[NetworkCounter.Steered])),
            new("broadside.netstack.steering_drops", "{packet}", "Packets for other channels that found no room there.", Read(static stack => stack.SteeringDrops)),
            new("broadside.netstack.segments_received", "{segment}", "TCP segments received.", Read(static stack => Volatile.Read(ref stack.Tcp.Counters.SegmentsReceived))),
            new("broadside.netstack.segments_sent", "{segment}", "TCP segments sent; what the device cuts itself counts once.", Read(static stack => Volatile.Read(ref stack.Tcp.Counters.SegmentsSent))),
            new("broadside.netstack.resets_sent", "{segment}", "TCP resets sent.", Read(static stack => Volatile.Read(ref stack.Tcp.Counters.ResetsSent))),
            new("broadside.netstack.cookies_sent", "{segment}", "SYN cookies sent.", Read(static stack => Volatile.Read(ref stack.Tcp.Counters.CookiesSent))),
            new("broadside.netstack.opens_refused", "{connection}", "Connections refused for want of a place.", Read(static stack => Volatile.Read(ref stack.Tcp.Counters.OpensRefused))),
            new("broadside.netstack.time_waits", "{connection}", "Connections in TIME-WAIT.", Read(static stack => stack.Tcp.TimeWaitCount), Grows: false),
        ];

        Func<long> Read(Func<NetworkStack, long> read) => () => channel.HasStack ? read(channel.Stack) : 0;
    }
}
