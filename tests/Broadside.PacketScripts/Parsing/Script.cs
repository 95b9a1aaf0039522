namespace Broadside.PacketScripts.Parsing;

/// <summary>A parsed script.</summary>
/// <param name="Options">What stands at its top: --name or --name=value.</param>
/// <param name="Setup">The commands that run before time begins.</param>
/// <param name="Events">What happens and what is expected, in order.</param>
/// <param name="Cleanup">The commands that run after all.</param>
internal sealed record Script(
    IReadOnlyList<ScriptOption> Options,
    IReadOnlyList<ShellCommand> Setup,
    IReadOnlyList<ScriptEvent> Events,
    IReadOnlyList<ShellCommand> Cleanup);

internal sealed record ScriptOption(int Line, string Name, string? Value);

internal sealed record ScriptEvent(int Line, EventTime Time, ScriptAction Action);

internal abstract record ScriptAction;

/// <summary>A line for the shell. Of these only settings of the stack are understood.</summary>
internal sealed record ShellCommand(int Line, string Text) : ScriptAction;

/// <summary>A block in another language, between %{ and }%.</summary>
internal sealed record CodeBlock(string Text) : ScriptAction;

/// <param name="Name">The call's name.</param>
/// <param name="Arguments">Its arguments as written.</param>
/// <param name="End">When a call that blocks returns, counted as the event's own time is; null for one that does not block.</param>
/// <param name="Result">What it returns.</param>
/// <param name="Errno">The name of the error expected, if any.</param>
/// <param name="Note">What stands behind in parentheses.</param>
internal sealed record SystemCall(
    string Name, IReadOnlyList<Expression> Arguments, TimeSpan? End, Expression Result, string? Errno, string? Note) : ScriptAction;

/// <summary>A packet injected, or one expected.</summary>
internal sealed record ScriptPacket(bool IsOutbound, NetworkFields Network, TransportFields Transport) : ScriptAction;
