using System.Text;

namespace Broadside.Relay;

/// <summary>Finds the command that arguments ask for, and says what is wrong where there is none.</summary>
internal static class CommandTable
{
    // By the length of the name, so that a look-up compares with the few of that length only.
    private static readonly CommandDescription[][] ByLength = GroupByLength();

    /// <summary>Every command; subcommands are within their containers.</summary>
    public static IReadOnlyList<CommandDescription> All { get; } = [.. ConnectionCommands.All, .. PubSubCommands.All, .. ServerCommands.All];

    /// <summary>Finds a command and checks its number of arguments, in Redis's order.</summary>
    /// <param name="command">At least one argument.</param>
    /// <param name="errors">Gets Redis's error.</param>
    /// <returns>The command or subcommand; null: an error was written.</returns>
    public static CommandDescription? Find(in RespCommand command, RespWriter errors)
    {
        var found = Find(command[0]);
        if (found is null)
        {
            RedisErrors.UnknownCommand(errors, command);
            return null;
        }

        if (command.Count > 1 && found.Subcommands.Length > 0)
        {
            var container = found;
            found = FindByShortName(container.Subcommands, command[1]);
            if (found is null)
            {
                RedisErrors.UnknownSubcommand(errors, container.UpperName, command[1]);
                return null;
            }
        }

        if (!found.Accepts(command.Count))
        {
            RedisErrors.WrongArity(errors, found);
            return null;
        }

        return found;
    }

    /// <summary>Finds a command by its full name in any case: <c>client</c>, <c>client|kill</c>.</summary>
    public static CommandDescription? FindByFullName(ReadOnlySpan<byte> name)
    {
        var separator = name.IndexOf((byte)'|');
        return separator < 0 ? Find(name)
            : Find(name[..separator]) is { } container ? FindByShortName(container.Subcommands, name[(separator + 1)..])
            : null;
    }

    private static CommandDescription? Find(ReadOnlySpan<byte> name) =>
        name.Length < ByLength.Length ? FindByShortName(ByLength[name.Length], name) : null;

    private static CommandDescription? FindByShortName(CommandDescription[] candidates, ReadOnlySpan<byte> name)
    {
        foreach (var candidate in candidates)
        {
            if (Ascii.EqualsIgnoreCase(candidate.ShortName, name))
            {
                return candidate;
            }
        }

        return null;
    }

    private static CommandDescription[][] GroupByLength()
    {
        CommandDescription[] all = [.. ConnectionCommands.All, .. PubSubCommands.All, .. ServerCommands.All];
        var groups = new CommandDescription[all.Max(command => command.Name.Length) + 1][];
        for (var length = 0; length < groups.Length; length++)
        {
            groups[length] = [.. all.Where(command => command.Name.Length == length)];
        }

        return groups;
    }
}
