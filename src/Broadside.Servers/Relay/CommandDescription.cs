using System.Text;

namespace Broadside.Relay;

/// <summary>What is known of a command before it is executed, and what COMMAND tells of it.</summary>
/// <param name="id">What to execute.</param>
/// <param name="name">Lower case; a subcommand's full name is <c>container|subcommand</c>.</param>
/// <param name="arity">Arguments including the name (and the subcommand's); negative: at least so many.</param>
/// <param name="flags">Redis's flags, in its order, separated by spaces.</param>
/// <param name="categories">Access-control categories, likewise.</param>
/// <param name="subcommands">A container's subcommands.</param>
internal sealed class CommandDescription(
    CommandId id, string name, int arity, string flags, string categories, params CommandDescription[] subcommands)
{
    private readonly byte[] _name = Encoding.ASCII.GetBytes(name);
    private readonly byte[] _upperName = Encoding.ASCII.GetBytes(name.ToUpperInvariant());

    /// <summary>What to execute.</summary>
    public CommandId Id => id;

    /// <summary>The full name in lower case, as error texts have it.</summary>
    public ReadOnlySpan<byte> Name => _name;

    /// <summary>The full name in upper case, as pointers to HELP have it.</summary>
    public ReadOnlySpan<byte> UpperName => _upperName;

    /// <summary>A subcommand's own name; a command's name.</summary>
    public ReadOnlySpan<byte> ShortName => Name[(Name.IndexOf((byte)'|') + 1)..];

    /// <summary>Arguments including the name (and the subcommand's); negative: at least so many.</summary>
    public int Arity => arity;

    /// <summary>Redis's flags.</summary>
    public string[] Flags { get; } = Words(flags);

    /// <summary>Access-control categories.</summary>
    public string[] Categories { get; } = Words(categories);

    /// <summary>Hints to clients and proxies.</summary>
    public string[] Tips { get; init; } = [];

    /// <summary>One line for people.</summary>
    public required string Summary { get; init; }

    /// <summary>The Redis version it came with; for the relay's own commands, the relay's.</summary>
    public required string Since { get; init; }

    /// <summary>The functional group.</summary>
    public required string Group { get; init; }

    /// <summary>What it costs.</summary>
    public required string Complexity { get; init; }

    /// <summary>A container's subcommands.</summary>
    public CommandDescription[] Subcommands => subcommands;

    /// <summary>Whether it may come before AUTH.</summary>
    public bool IsAllowedUnauthenticated { get; } = Words(flags).Contains("no_auth");

    /// <summary>Whether a RESP2 client with subscriptions may give it.</summary>
    public bool IsAllowedWhileSubscribed => id
        is CommandId.Subscribe or CommandId.Unsubscribe or CommandId.PatternSubscribe or CommandId.PatternUnsubscribe
        or CommandId.Ping or CommandId.Quit or CommandId.Reset;

    /// <summary>Whether so many arguments may be given, the name included.</summary>
    public bool Accepts(int count) => arity >= 0 ? count == arity : count >= -arity;

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
