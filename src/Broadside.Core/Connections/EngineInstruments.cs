using System.Diagnostics.Metrics;
using Broadside.Channels;

namespace Broadside.Connections;

/// <summary>Publishes what an engine's arena and channels count.</summary>
internal static class EngineInstruments
{
    public static void Publish(EngineCore core, IoChannel[] channels)
    {
        var arena = core.Arena;
        core.Metrics.Observe("broadside.arena.allocated", "By", "Bytes of the arena in use.", () => arena.AllocatedBytes);
        core.Metrics.Observe("broadside.arena.reserved", "By", "Bytes of the blocks the arena holds.", () => arena.ReservedBytes);
        core.Metrics.Observe("broadside.connections", "{connection}", "Connections open.", () => channels.Sum(static channel => channel.Counters.Connections));
        Observe("broadside.channel.rounds", "{round}", "Rounds of the channel.", static counters => counters.Rounds);
        Observe("broadside.channel.accepts", "{connection}", "Connections accepted.", static counters => counters.Accepts);
        Observe("broadside.channel.accept_failures", "{failure}", "Accepts that failed and were tried again.", static counters => counters.AcceptFailures);
        Observe("broadside.channel.receives", "{call}", "Receives that brought bytes.", static counters => counters.Receives);
        Observe("broadside.channel.received", "By", "Bytes received.", static counters => counters.ReceivedBytes);
        Observe("broadside.channel.sends", "{call}", "Sends to the transport.", static counters => counters.Sends);
        Observe("broadside.channel.sent", "By", "Bytes the transport accepted.", static counters => counters.SentBytes);

        void Observe(string name, string unit, string description, Func<ChannelCounters, long> value) =>
            core.Metrics.ObserveChannels(name, unit, description, () => channels.Select(channel =>
                new Measurement<long>(value(channel.Counters), new KeyValuePair<string, object?>("channel", channel.Index))));
    }
}
