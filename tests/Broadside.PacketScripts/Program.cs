using Broadside.PacketScripts;
using Broadside.PacketScripts.Parsing;
using Broadside.PacketScripts.Running;

const string Usage = "usage: Broadside.PacketScripts [--strict] [--OPTION=VALUE | -D NAME=VALUE]... FILE.pkt|FOLDER...";

var options = new List<ScriptOption>();
var paths = new List<string>();
var isStrict = false;
for (var index = 0; index < args.Length; index++)
{
    if (args[index] == "--strict")
    {
        isStrict = true;
    }
    else if (args[index] == "-D" && index + 1 < args.Length)
    {
        options.Add(new(0, "define", args[++index]));
    }
    else if (args[index].StartsWith("--", StringComparison.Ordinal))
    {
        options.Add(ScriptParser.ParseOption(args[index][2..], 0));
    }
    else
    {
        paths.Add(args[index]);
    }
}

if (paths.Count == 0)
{
    Console.Error.WriteLine(Usage);
    return 2;
}

var counts = new int[Enum.GetValues<ScriptVerdict>().Length];
foreach (var path in ScriptFiles.Find(paths))
{
    var outcome = ScriptFiles.Run(path, options, StackUnderTest.Create, isStrict);
    counts[(int)outcome.Verdict]++;
    Console.WriteLine(outcome.Verdict switch
    {
        ScriptVerdict.Passed => $"ok {path}",
        ScriptVerdict.Failed => $"FAIL {path}: {outcome.Message}",
        _ => $"SKIP {path}: {outcome.Message}",
    });
}

var (passed, failed, skipped) = (counts[(int)ScriptVerdict.Passed], counts[(int)ScriptVerdict.Failed], counts[(int)ScriptVerdict.Skipped]);
Console.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
return failed == 0 ? 0 : 1;
