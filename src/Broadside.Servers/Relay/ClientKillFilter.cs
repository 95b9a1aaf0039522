using System.Text;

namespace Broadside.Relay;

/// <summary>
/// <c>CLIENT KILL address</c>, or <c>CLIENT KILL [ID id] [ADDR address] [LADDR address] [TYPE type] [USER user] [SKIPME yes|no]…</c>.
/// Holds no borrowed bytes: it is carried to every channel.
/// </summary>
internal sealed record ClientKillFilter
{
    /// <summary>
    /// The old form: it may end its own connection, and replies <c>OK</c> or <see cref="RedisErrors.NoSuchClient"/> instead of a number.
    /// </summary>
    public bool IsSingle { get; private init; }

    /// <summary>Only this client.</summary>
    public long? Id { get; private init; }

    /// <summary>Only from this address and port.</summary>
    public string? Address { get; private init; }

    /// <summary>Only to this address and port.</summary>
    public string? LocalAddress { get; private init; }

    /// <summary>Only of this type.</summary>
    public ClientType? Type { get; private init; }

    /// <summary>Spare the client that asks.</summary>
    public bool SkipsSelf { get; private init; } = true;

    /// <summary>Whether a client is to be disconnected.</summary>
    /// <param name="client">The client.</param>
    /// <param name="self">The id of the client that asks.</param>
    public bool Matches(in ClientIdentity client, long self) =>
        (Id ?? client.Id) == client.Id
        && (Address ?? client.Address) == client.Address
        && (LocalAddress ?? client.LocalAddress) == client.LocalAddress
        && (Type ?? client.Type) == client.Type
        && !(SkipsSelf && client.Id == self);

    /// <summary>Parses CLIENT KILL.</summary>
    /// <param name="command">At least three arguments.</param>
    /// <param name="errors">Gets the error.</param>
    /// <returns>Null: an error was written.</returns>
    public static ClientKillFilter? Parse(in RespCommand command, RespWriter errors)
    {
        if (command.Count == 3)
        {
            return new ClientKillFilter { IsSingle = true, SkipsSelf = false, Address = Encoding.UTF8.GetString(command[2]) };
        }

        ClientKillFilter? filter = new();
        for (var index = 2; index < command.Count && filter is not null; index += 2)
        {
            filter = index + 1 < command.Count ? filter.With(command, index, errors) : Refuse(errors, RedisErrors.Syntax);
        }

        return filter;
    }

    private ClientKillFilter? With(in RespCommand command, int index, RespWriter errors)
    {
        var value = command[index + 1];
        if (command.Is(index, "ID"u8))
        {
            return RespInteger.TryParse(value, out var id) && id > 0 ? this with { Id = id } : Refuse(errors, RedisErrors.ClientIdNotPositive);
        }

        if (command.Is(index, "TYPE"u8))
        {
            return ClientTypes.TryParse(value, errors, out var type) ? this with { Type = type } : null;
        }

        if (command.Is(index, "ADDR"u8))
        {
            return this with { Address = Encoding.UTF8.GetString(value) };
        }

        if (command.Is(index, "LADDR"u8))
        {
            return this with { LocalAddress = Encoding.UTF8.GetString(value) };
        }

        if (command.Is(index, "USER"u8))
        {
            return WithUser(value, errors);
        }

        if (command.Is(index, "SKIPME"u8))
        {
            return command.Is(index + 1, "yes"u8) ? this with { SkipsSelf = true }
                : command.Is(index + 1, "no"u8) ? this with { SkipsSelf = false }
                : Refuse(errors, RedisErrors.Syntax);
        }

        return Refuse(errors, RedisErrors.Syntax);
    }

    // There is one user, and every client is it.
    private ClientKillFilter? WithUser(ReadOnlySpan<byte> user, RespWriter errors)
    {
        if (user.SequenceEqual("default"u8))
        {
            return this;
        }

        RedisErrors.NoSuchUser(errors, user);
        return null;
    }

    private static ClientKillFilter? Refuse(RespWriter errors, ReadOnlySpan<byte> error)
    {
        errors.Error(error);
        return null;
    }
}
