using System.CommandLine;
using Broadside.Bench.Machine;
using Broadside.Bench.Scenarios;

namespace Broadside.Bench;

/// <summary>The harness's command line.</summary>
internal static class BenchCommand
{
    // Said by the harness to itself, once it is isolated.
    private const string Isolated = "--isolated";

    public static Task<int> RunAsync(string[] arguments)
    {
        var scenarios = new Argument<string[]>("SCENARIO") { Description = "What to run; all: everything.", Arity = ArgumentArity.ZeroOrMore };
        var quick = new Option<bool>("--quick") { Description = "Three pairs of short runs instead of five of longer ones." };
        var json = new Option<string?>("--json") { Description = "Writes all that was measured to a file.", HelpName = "FILE" };
        var plots = new Option<string?>("--plots") { Description = "Draws each scenario into a folder, as SVG.", HelpName = "FOLDER" };
        var list = new Option<bool>("--list") { Description = "Names the scenarios." };
        var isolated = new Option<bool>(Isolated) { Hidden = true };
        var root = new RootCommand("Measures Broadside side by side with what its users would otherwise pick.") { scenarios, quick, json, plots, list, isolated };
        root.SetAction(async (parsed, _) =>
        {
            if (parsed.GetValue(list))
            {
                Console.WriteLine(string.Join('\n', Catalogue.All.Select(static scenario => $"{scenario.Name,-15} {scenario.Description}")));
                return 0;
            }

            if (Choose(parsed.GetValue(scenarios) ?? []) is not { } chosen)
            {
                await Console.Error.WriteLineAsync("Which scenario? --list names them; all runs every one.");
                return 2;
            }

            if (!parsed.GetValue(isolated) && Isolation.IsPossible)
            {
                return await Isolation.RunAsync([.. arguments, Isolated]);
            }

            var run = new BenchRun(parsed.GetValue(quick), parsed.GetValue(json), parsed.GetValue(plots));
            return await run.RunAsync(chosen, parsed.GetValue(isolated));
        });
        return root.Parse(arguments).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private static IReadOnlyList<IScenario>? Choose(string[] names)
    {
        if (names is ["all"])
        {
            return Catalogue.All;
        }

        var chosen = Catalogue.All.Where(scenario => names.Contains(scenario.Name)).ToArray();
        return chosen.Length > 0 && chosen.Length == names.Distinct().Count() ? chosen : null;
    }
}
