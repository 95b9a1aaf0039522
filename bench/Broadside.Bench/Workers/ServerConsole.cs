using System.Text.Json;

namespace Broadside.Bench.Workers;

/// <summary>What a server of the harness's own is told on its standard input, and answers.</summary>
internal static class ServerConsole
{
    private static readonly Func<IReadOnlyDictionary<string, long>> Nothing = static () => new Dictionary<string, long>();

    /// <summary>Answers each line until its input ends: <c>counters</c>, or <c>collect</c> so that only what is in use stays resident.</summary>
    /// <param name="counters">What the server counts, by name.</param>
    /// <returns>A task that ends with the input; a thread of its own reads, as the pool's are the server's.</returns>
    public static Task RunAsync(Func<IReadOnlyDictionary<string, long>>? counters = null) =>
        Task.Factory.StartNew(() => Run(counters ?? Nothing), default, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Run(Func<IReadOnlyDictionary<string, long>> counters)
    {
        while (Console.In.ReadLine() is { } line)
        {
            Console.WriteLine(line switch
            {
                "counters" => JsonSerializer.Serialize(counters()),
                "collect" => Collect(),
                _ => throw new ArgumentException("There is no such command: " + line),
            });
        }
    }

    private static string Collect()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return "collected";
    }
}
