namespace Broadside.Relay;

/// <summary><c>HELLO [version [AUTH user password] [SETNAME name]]</c>.</summary>
internal readonly ref struct HelloOptions
{
    /// <summary>The version asked for; null: keep what is.</summary>
    public RespVersion? Version { get; private init; }

    /// <summary>Whether AUTH was given.</summary>
    public bool HasCredentials { get; private init; }

    /// <summary>AUTH's user.</summary>
    public ReadOnlySpan<byte> User { get; private init; }

    /// <summary>AUTH's password.</summary>
    public ReadOnlySpan<byte> Password { get; private init; }

    /// <summary>Whether SETNAME was given.</summary>
    public bool HasName { get; private init; }

    /// <summary>SETNAME's name; valid.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>Parses HELLO. Nothing is to be changed before it has succeeded and AUTH, if any, was accepted.</summary>
    /// <returns>False: an error was written.</returns>
    public static bool TryParse(in RespCommand command, RespWriter errors, out HelloOptions options)
    {
        options = default;
        RespVersion? version = null;
        if (command.Count > 1 && !TryParseVersion(command, errors, out version))
        {
            return false;
        }

        // The last of repeated options counts.
        var authentication = 0;
        var name = 0;
        for (var index = 2; index < command.Count; index++)
        {
            if (command.Is(index, "AUTH"u8) && index + 2 < command.Count)
            {
                authentication = index;
                index += 2;
            }
            else if (command.Is(index, "SETNAME"u8) && index + 1 < command.Count)
            {
                name = ++index;
                if (!ClientName.IsValid(command[name]))
                {
                    errors.Error(RedisErrors.InvalidClientName);
                    return false;
                }
            }
            else
            {
                RedisErrors.HelloOption(errors, command[index]);
                return false;
            }
        }

        options = new HelloOptions
        {
            Version = version,
            HasCredentials = authentication > 0,
            User = authentication > 0 ? command[authentication + 1] : default,
            Password = authentication > 0 ? command[authentication + 2] : default,
            HasName = name > 0,
            Name = name > 0 ? command[name] : default,
        };
        return true;
    }

    private static bool TryParseVersion(in RespCommand command, RespWriter errors, out RespVersion? version)
    {
        version = null;
        if (!command.TryGetInteger(1, out var value))
        {
            errors.Error(RedisErrors.ProtocolVersionNotAnInteger);
            return false;
        }

        if (value is not (2 or 3))
        {
            errors.Error(RedisErrors.UnsupportedProtocol);
            return false;
        }

        version = (RespVersion)value;
        return true;
    }
}
