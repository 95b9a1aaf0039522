using Broadside.Channels;

namespace Broadside.Bench.Workers.Channels;

/// <summary>What an engine's channels have done so far, in all. A backend's own counters join the list here.</summary>
internal static class EngineCounters
{
    public static IReadOnlyDictionary<string, long> Of(RecordEngine engine) => new Dictionary<string, long>
    {
        ["rounds"] = Sum(engine, static counters => counters.Rounds),
        ["waits"] = Sum(engine, static counters => counters.Waits),
        ["receives"] = Sum(engine, static counters => counters.Receives),
        ["sends"] = Sum(engine, static counters => counters.Sends),
    };

    private static long Sum(RecordEngine engine, Func<ChannelCounters, long> counter) => engine.Channels.Sum(channel => counter(channel.Counters));
}
