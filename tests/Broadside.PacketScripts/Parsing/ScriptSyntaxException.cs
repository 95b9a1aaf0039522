namespace Broadside.PacketScripts.Parsing;

/// <summary>The text is no script.</summary>
internal sealed class ScriptSyntaxException(SourcePosition position, string message) : Exception(message)
{
    public SourcePosition Position { get; } = position;
}
