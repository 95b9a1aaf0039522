using System.Text;

namespace Broadside.Relay;

/// <summary>Redis's types of clients. The relay has only the first two; the others are valid in filters and match nobody.</summary>
internal enum ClientType
{
    Normal,
    PubSub,
    Master,
    Replica,
}

/// <summary>The names of types of clients.</summary>
internal static class ClientTypes
{
    /// <summary>Parses a type's name in any case.</summary>
    /// <returns>False: an error was written.</returns>
    public static bool TryParse(ReadOnlySpan<byte> name, RespWriter errors, out ClientType type)
    {
        ClientType? found =
            Ascii.EqualsIgnoreCase(name, "normal"u8) ? ClientType.Normal
            : Ascii.EqualsIgnoreCase(name, "pubsub"u8) ? ClientType.PubSub
            : Ascii.EqualsIgnoreCase(name, "master"u8) ? ClientType.Master
            : Ascii.EqualsIgnoreCase(name, "replica"u8) || Ascii.EqualsIgnoreCase(name, "slave"u8) ? ClientType.Replica
            : null;
        if (found is null)
        {
            RedisErrors.UnknownClientType(errors, name);
        }

        type = found.GetValueOrDefault();
        return found is not null;
    }
}
