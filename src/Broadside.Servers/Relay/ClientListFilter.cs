namespace Broadside.Relay;

/// <summary><c>CLIENT LIST [TYPE type] | [ID id…]</c>. Holds no borrowed bytes: it is carried to every channel.</summary>
internal sealed record ClientListFilter
{
    /// <summary>Only of this type.</summary>
    public ClientType? Type { get; private init; }

    /// <summary>Only these clients; null: any.</summary>
    public IReadOnlySet<long>? Ids { get; private init; }

    /// <summary>Whether a client is to be listed.</summary>
    public bool Matches(in ClientIdentity client) => (Type ?? client.Type) == client.Type && (Ids is null || Ids.Contains(client.Id));

    /// <summary>Parses CLIENT LIST.</summary>
    /// <param name="command">At least two arguments.</param>
    /// <param name="errors">Gets the error.</param>
    /// <returns>Null: an error was written.</returns>
    public static ClientListFilter? Parse(in RespCommand command, RespWriter errors)
    {
        if (command.Count == 2)
        {
            return new ClientListFilter();
        }

        if (command.Count == 4 && command.Is(2, "TYPE"u8))
        {
            return ClientTypes.TryParse(command[3], errors, out var type) ? new ClientListFilter { Type = type } : null;
        }

        if (command.Count > 3 && command.Is(2, "ID"u8))
        {
            return ParseIds(command, errors);
        }

        errors.Error(RedisErrors.Syntax);
        return null;
    }

    private static ClientListFilter? ParseIds(in RespCommand command, RespWriter errors)
    {
        var ids = new HashSet<long>();
        for (var index = 3; index < command.Count; index++)
        {
            if (!command.TryGetInteger(index, out var id))
            {
                errors.Error(RedisErrors.InvalidClientId);
                return null;
            }

            ids.Add(id);
        }

        return new ClientListFilter { Ids = ids };
    }
}
