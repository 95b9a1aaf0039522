using Broadside.Channels;

namespace Broadside.Bench.Workers.Channels;

/// <summary>What an engine's channels have done so far, in all, with the backend's entries into the kernel where it counts them.</summary>
internal static class EngineCounters
{
    private const string Enters = "broadside.iouring.enters";

    public static IReadOnlyDictionary<string, long> Of(RecordEngine engine)
    {
        var counts = new Dictionary<string, long>
        {
            ["rounds"] = Sum(engine, static counters => counters.Rounds),
            ["waits"] = Sum(engine, static counters => counters.Waits),
            ["receives"] = Sum(engine, static counters => counters.Receives),
            ["sends"] = Sum(engine, static counters => counters.Sends),
        };
        var enters = engine.Channels.SelectMany(static channel => channel.Instruments).Where(static instrument => instrument.Name == Enters).ToArray();
        if (enters.Length > 0)
        {
            counts["enters"] = enters.Sum(static instrument => instrument.Read());
        }

        return counts;
    }

    private static long Sum(RecordEngine engine, Func<ChannelCounters, long> counter) => engine.Channels.Sum(channel => counter(channel.Counters));
}
