using Broadside.PacketScripts.Parsing;

namespace Broadside.PacketScripts.Running;

/// <summary>How a script ended.</summary>
internal sealed record ScriptOutcome(ScriptVerdict Verdict, string Message)
{
    public static ScriptOutcome Passed { get; } = new(ScriptVerdict.Passed, "");

    public static ScriptOutcome Failed(int line, string message) => new(ScriptVerdict.Failed, $"line {line}: {message}");

    public static ScriptOutcome Skipped(string reason) => new(ScriptVerdict.Skipped, reason);

    public static ScriptOutcome Invalid(ScriptSyntaxException exception) =>
        Failed(exception.Position.Line, $"column {exception.Position.Column}: {exception.Message}");
}

internal enum ScriptVerdict : byte
{
    Passed,
    Failed,
    Skipped,
}
