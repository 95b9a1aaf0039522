using Broadside.PacketScripts.Parsing;
using Broadside.PacketScripts.Running;

namespace Broadside.PacketScripts;

/// <summary>Runs the scripts named on a command line and says how each ended.</summary>
internal static class CommandLine
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int WrongUsage = 2;

    private const string Usage = """
        usage: Broadside.PacketScripts [--strict] [--OPTION=VALUE | -D NAME=VALUE]... FILE.pkt|FOLDER...
          --strict          fail also on packets left over at the end and on wrong echoes of timestamps
          --ignore_code     leave out %{ code blocks }% instead of skipping scripts that have some
          --ignore_push     do not compare PSH, which senders set by habits of their own
          --OPTION=VALUE    an option that every script is to begin with, such as --ip_version=ipv6
          -D NAME=VALUE     what a name stands for in scripts
        """;

    public static int Run(
        IReadOnlyList<string> arguments, TextWriter output, TextWriter error, Func<StackSettings, IStackUnderTest> factory)
    {
        var (options, paths, isStrict) = Parse(arguments);
        if (paths.Count == 0)
        {
            error.WriteLine(Usage);
            return WrongUsage;
        }

        var counts = new Dictionary<ScriptVerdict, int>();
        foreach (var path in ScriptFiles.Find(paths))
        {
            var outcome = ScriptFiles.Run(path, options, factory, isStrict);
            counts[outcome.Verdict] = counts.GetValueOrDefault(outcome.Verdict) + 1;
            output.WriteLine(Describe(path, outcome));
        }

        int Count(ScriptVerdict verdict) => counts.GetValueOrDefault(verdict);
        output.WriteLine($"{Count(ScriptVerdict.Passed)} passed, {Count(ScriptVerdict.Failed)} failed, {Count(ScriptVerdict.Skipped)} skipped");
        return Count(ScriptVerdict.Failed) == 0 ? Success : Failure;
    }

    private static string Describe(string path, ScriptOutcome outcome) => outcome.Verdict switch
    {
        ScriptVerdict.Passed => $"ok {path}",
        ScriptVerdict.Failed => $"FAIL {path}: {outcome.Message}",
        _ => $"SKIP {path}: {outcome.Message}",
    };

    private static (List<ScriptOption> Options, List<string> Paths, bool IsStrict) Parse(IReadOnlyList<string> arguments)
    {
        var options = new List<ScriptOption>();
        var paths = new List<string>();
        var isStrict = false;
        for (var index = 0; index < arguments.Count; index++)
        {
            if (arguments[index] == "--strict")
            {
                isStrict = true;
            }
            else if (arguments[index] == "-D" && index + 1 < arguments.Count)
            {
                options.Add(new(0, "define", arguments[++index]));
            }
            else if (arguments[index].StartsWith("--", StringComparison.Ordinal))
            {
                options.Add(ScriptParser.ParseOption(arguments[index][2..], 0));
            }
            else
            {
                paths.Add(arguments[index]);
            }
        }

        return (options, paths, isStrict);
    }
}
