namespace Broadside.PacketScripts;

/// <summary>The script asks for something that this runner or the stack does not have: it is skipped, not failed.</summary>
internal sealed class ScriptUnsupportedException(int line, string reason) : Exception($"line {line}: {reason}");
