using Broadside.PacketScripts.Parsing;
using Broadside.PacketScripts.Running;

namespace Broadside.PacketScripts;

/// <summary>Finds scripts in files and folders and runs them.</summary>
internal static class ScriptFiles
{
    /// <summary>The files themselves, and of folders what ends in .pkt at any depth.</summary>
    public static IEnumerable<string> Find(IEnumerable<string> paths) => paths.SelectMany<string, string>(path => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, "*.pkt", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : [path]);

    /// <summary>Runs a script.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="options">Options that those in the file go before.</param>
    /// <param name="factory">Makes the stack.</param>
    /// <param name="isStrict">Whether to look more closely than packetdrill does.</param>
    public static ScriptOutcome Run(
        string path, IEnumerable<ScriptOption> options, Func<StackSettings, IStackUnderTest> factory, bool isStrict)
    {
        try
        {
            return ScriptRunner.Run(ScriptParser.Parse(File.ReadAllText(path), options), factory, isStrict);
        }
        catch (ScriptSyntaxException exception)
        {
            return ScriptOutcome.Invalid(exception);
        }
        catch (ScriptUnsupportedException exception)
        {
            return ScriptOutcome.Skipped(exception.Message);
        }
        catch (IOException exception)
        {
            return new(ScriptVerdict.Failed, exception.Message);
        }
    }
}
