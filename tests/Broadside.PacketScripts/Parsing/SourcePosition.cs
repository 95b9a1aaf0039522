namespace Broadside.PacketScripts.Parsing;

/// <summary>A place in a script; both numbers begin with one.</summary>
internal readonly record struct SourcePosition(int Line, int Column);
