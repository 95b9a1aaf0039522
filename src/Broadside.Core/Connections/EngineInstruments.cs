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

        PublishOwn(core, channels);

        void Observe(string name, string unit, string description, Func<ChannelCounters, long> value) =>
            core.Metrics.ObserveChannels(name, unit, description, () => channels.Select(channel => Measure(channel, value(channel.Counters))));
    }

    /// <summary>Publishes what only this kind of channel counts, one instrument over all channels for each name.</summary>
    private static void PublishOwn(EngineCore core, IoChannel[] channels)
    {
        var all = channels.SelectMany(static channel => channel.Instruments.Select(instrument => (Channel: channel, Instrument: instrument)));
        foreach (var same in all.GroupBy(static pair => pair.Instrument.Name))
        {
            var pairs = same.ToArray();
            var (name, unit, description, _, grows) = pairs[0].Instrument;
            IEnumerable<Measurement<long>> Read() => pairs.Select(static pair => Measure(pair.Channel, pair.Instrument.Read()));
            if (grows)
            {
                core.Metrics.ObserveChannels(name, unit, description, Read);
            }
            else
            {
                core.Metrics.ObserveChannelLevels(name, unit, description, Read);
            }
        }
    }

    private static Measurement<long> Measure(IoChannel channel, long value) => new(value, new KeyValuePair<string, object?>("channel", channel.Index));
}
