using Broadside.PacketScripts.Parsing;
using Broadside.PacketScripts.Running;
using Broadside.PacketScripts.Shim;

namespace Broadside.PacketScripts.Tests;

/// <summary>What holds for all scripts of this repository: above all that the stack passes them.</summary>
public sealed class OwnScriptTests
{
    public static TheoryData<string> Scripts() =>
        [.. Directory.EnumerateFiles(Folder, "*.pkt", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Scripts");

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_parses_and_names_its_rfc(string name)
    {
        var text = File.ReadAllText(Path.Combine(Folder, name));
        Assert.StartsWith("// RFC ", text, StringComparison.Ordinal);
        Assert.NotEmpty(ScriptParser.Parse(text).Events);
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void The_stack_passes_a_script(string name)
    {
        var outcome = ScriptFiles.Run(Path.Combine(Folder, name), [], StackUnderTest.Create, isStrict: true);
        Assert.Equal(ScriptOutcome.Passed, outcome);
    }
}
