using System.Diagnostics;
using System.Globalization;

namespace Broadside.NetStack.Simulation;

/// <summary>Runs the seeds asked for on a command line and says what came of them.</summary>
internal static class CommandLine
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int WrongUsage = 2;

    private const string Usage = """
        usage: Broadside.NetStack.Simulation --seeds N [--first S] [--trace] [--digests]
          --seeds N    how many seeds to run
          --first S    the first of them; 1 if it is not given
          --trace      write every packet of every run, and failures with their stack
          --digests    write a hash of all that each run sent
        """;

    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        if (Parse(arguments) is not { Seeds: > 0 } request)
        {
            error.WriteLine(Usage);
            return WrongUsage;
        }

        var tally = new Tally();
        var failures = 0;
        var watch = Stopwatch.StartNew();
        for (var seed = request.First; seed < request.First + request.Seeds; seed++)
        {
            failures += TryRun(seed, request, tally, output) ? 0 : 1;
        }

        Report(tally, watch.Elapsed, output);
        output.WriteLine($"{request.Seeds - failures} passed, {failures} failed");
        return failures == 0 ? Success : Failure;
    }

    private static bool TryRun(int seed, Request request, Tally tally, TextWriter output)
    {
        if (request.IsTraced)
        {
            output.WriteLine(Scenario.Draw(seed));
        }

        try
        {
            var digest = SimulationRun.Run(seed, tally, request.IsTraced ? output : null);
            if (request.HasDigests)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seed} {digest:x16}"));
            }

            return true;
        }
        catch (SimulationFailedException failure)
        {
            output.WriteLine($"FAIL {(request.IsTraced ? failure : failure.Message)}");
            return false;
        }
    }

    private static void Report(Tally tally, TimeSpan elapsed, TextWriter output)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{tally.Runs:N0} runs in {elapsed.TotalSeconds:F1} s: {tally.Packets:N0} packets, {tally.BytesReceived:N0} bytes received and checked"));
        foreach (var (what, count) in tally.Counts)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what}: {count:N0}"));
        }
    }

    private static Request? Parse(IReadOnlyList<string> arguments)
    {
        var request = new Request(0, 1, false, false);
        for (var index = 0; index < arguments.Count; index++)
        {
            switch (arguments[index])
            {
                case "--seeds" when index + 1 < arguments.Count && int.TryParse(arguments[index + 1], CultureInfo.InvariantCulture, out var seeds):
                    request = request with { Seeds = seeds };
                    index++;
                    break;
                case "--first" when index + 1 < arguments.Count && int.TryParse(arguments[index + 1], CultureInfo.InvariantCulture, out var first):
                    request = request with { First = first };
                    index++;
                    break;
                case "--trace":
                    request = request with { IsTraced = true };
                    break;
                case "--digests":
                    request = request with { HasDigests = true };
                    break;
                default:
                    return null;
            }
        }

        return request;
    }

    private sealed record Request(int Seeds, int First, bool IsTraced, bool HasDigests);
}
