namespace Broadside.NetStack.Simulation;

/// <summary>Runs of scenarios, and what they came to.</summary>
internal static class SimulationRun
{
    /// <summary>Runs the scenario of a seed; throws if something came about that must not.</summary>
    /// <returns>A hash of all that was sent: the same whenever the seed is run.</returns>
    public static ulong Run(int seed, Tally tally, TextWriter? trace = null)
    {
        using var world = new World(Scenario.Draw(seed), trace);
        try
        {
            world.Run();
        }
        catch (Exception exception)
        {
            throw new SimulationFailedException($"Seed {seed} failed at {world.Clock.Now.TotalSeconds:F6}: {exception.Message} {HowToReplay(seed)}", exception);
        }

        tally.Add(world.Tally);
        return world.Record.Digest;
    }

    private static string HowToReplay(int seed) =>
        $"Replay: dotnet run -c Release --project tests/Broadside.NetStack.Simulation -- --first {seed} --seeds 1 --trace";
}
