namespace Broadside.PacketScripts;

/// <summary>What happened is not what the script says.</summary>
internal sealed class ScriptFailedException(string message) : Exception(message);
