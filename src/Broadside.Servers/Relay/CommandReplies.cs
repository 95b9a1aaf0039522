using System.Text;

namespace Broadside.Relay;

/// <summary>The replies to COMMAND and its subcommands.</summary>
internal static class CommandReplies
{
    /// <summary>COMMAND COUNT.</summary>
    public static void Count(RespWriter writer) => writer.Integer(CommandTable.All.Count);

    /// <summary>COMMAND LIST without a filter: containers and, as in Redis, their subcommands by full name.</summary>
    public static void List(RespWriter writer)
    {
        writer.SetHeader(CommandTable.All.Sum(command => 1 + command.Subcommands.Length));
        foreach (var command in CommandTable.All)
        {
            writer.Bulk(command.Name);
            foreach (var subcommand in command.Subcommands)
            {
                writer.Bulk(subcommand.Name);
            }
        }
    }

    /// <summary>COMMAND and COMMAND INFO without names: every command.</summary>
    public static void Info(RespWriter writer)
    {
        writer.ArrayHeader(CommandTable.All.Count);
        foreach (var description in CommandTable.All)
        {
            Describe(writer, description);
        }
    }

    /// <summary>COMMAND INFO name…: null for what does not exist.</summary>
    public static void Info(RespWriter writer, in RespCommand command)
    {
        writer.ArrayHeader(command.Count - 2);
        for (var index = 2; index < command.Count; index++)
        {
            if (CommandTable.FindByFullName(command[index]) is { } description)
            {
                Describe(writer, description);
            }
            else
            {
                writer.Null();
            }
        }
    }

    /// <summary>COMMAND DOCS without names: every command.</summary>
    public static void Docs(RespWriter writer)
    {
        writer.MapHeader(CommandTable.All.Count);
        foreach (var description in CommandTable.All)
        {
            Document(writer, description);
        }
    }

    /// <summary>COMMAND DOCS name…: what does not exist is left out.</summary>
    public static void Docs(RespWriter writer, in RespCommand command)
    {
        var known = 0;
        for (var index = 2; index < command.Count; index++)
        {
            known += CommandTable.FindByFullName(command[index]) is null ? 0 : 1;
        }

        writer.MapHeader(known);
        for (var index = 2; index < command.Count; index++)
        {
            if (CommandTable.FindByFullName(command[index]) is { } description)
            {
                Document(writer, description);
            }
        }
    }

    private static void Describe(RespWriter writer, CommandDescription command)
    {
        writer.ArrayHeader(10);
        writer.Bulk(command.Name);
        writer.Integer(command.Arity);
        Statuses(writer, command.Flags);

        // First key, last key, step: nothing here has keys.
        writer.Integer(0);
        writer.Integer(0);
        writer.Integer(0);
        Statuses(writer, command.Categories);
        writer.SetHeader(command.Tips.Length);
        foreach (var tip in command.Tips)
        {
            Text(writer, tip);
        }

        // Key specifications, likewise.
        writer.SetHeader(0);
        if (command.Subcommands.Length == 0)
        {
            writer.SetHeader(0);
            return;
        }

        writer.ArrayHeader(command.Subcommands.Length);
        foreach (var subcommand in command.Subcommands)
        {
            Describe(writer, subcommand);
        }
    }

    private static void Document(RespWriter writer, CommandDescription command)
    {
        writer.Bulk(command.Name);
        writer.MapHeader(command.Subcommands.Length == 0 ? 4 : 5);
        Field(writer, "summary"u8, command.Summary);
        Field(writer, "since"u8, command.Since);
        Field(writer, "group"u8, command.Group);
        Field(writer, "complexity"u8, command.Complexity);
        if (command.Subcommands.Length == 0)
        {
            return;
        }

        writer.Bulk("subcommands"u8);
        writer.MapHeader(command.Subcommands.Length);
        foreach (var subcommand in command.Subcommands)
        {
            Document(writer, subcommand);
        }
    }

    private static void Field(RespWriter writer, ReadOnlySpan<byte> name, string value)
    {
        writer.Bulk(name);
        Text(writer, value);
    }

    private static void Statuses(RespWriter writer, string[] words)
    {
        writer.SetHeader(words.Length);
        foreach (var word in words)
        {
            writer.SimpleString(Encoding.ASCII.GetBytes(word));
        }
    }

    private static void Text(RespWriter writer, string text) => writer.Bulk(Encoding.ASCII.GetBytes(text));
}
