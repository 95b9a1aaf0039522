namespace Broadside.Relay;

/// <summary><c>PUBLISH channel message [PRIORITY 0-7] [EXPIRE ms] [KEY key] [ID id]</c>: Redis's command and the relay's options, each at most once.</summary>
internal readonly ref struct PublishOptions
{
    // A hundred years. Beyond it a deadline could overflow.
    private const long MaximumExpiry = 100L * 365 * 24 * 60 * 60 * 1000;

    /// <summary>Where to.</summary>
    public ReadOnlySpan<byte> Channel { get; private init; }

    /// <summary>What.</summary>
    public ReadOnlySpan<byte> Message { get; private init; }

    /// <summary>Where the message, and the line end behind it, lie in the command as it arrived; null: not as they are to be sent.</summary>
    public int? MessageStart { get; private init; }

    /// <summary>How urgent.</summary>
    public RecordPriority Priority { get; private init; }

    /// <summary>How long it is worth delivering; null: for ever.</summary>
    public TimeSpan? Expiry { get; private init; }

    /// <summary>It supersedes the pending message of the same key; empty: none.</summary>
    public ReadOnlySpan<byte> Key { get; private init; }

    /// <summary>What UNPUBLISH can name it by; empty: nothing.</summary>
    public ReadOnlySpan<byte> Id { get; private init; }

    /// <summary>Parses PUBLISH.</summary>
    /// <param name="command">At least three arguments.</param>
    /// <param name="errors">Gets the error.</param>
    /// <param name="options">What was asked for.</param>
    /// <returns>False: an error was written.</returns>
    public static bool TryParse(in RespCommand command, RespWriter errors, out PublishOptions options)
    {
        options = default;
        int priority = 0, expiry = 0, key = 0, id = 0;
        for (var index = 3; index < command.Count; index += 2)
        {
            if (index + 1 == command.Count
                || !(Take(command, index, "PRIORITY"u8, ref priority) || Take(command, index, "EXPIRE"u8, ref expiry)
                    || Take(command, index, "KEY"u8, ref key) || Take(command, index, "ID"u8, ref id)))
            {
                errors.Error(RedisErrors.Syntax);
                return false;
            }
        }

        if (!TryParsePriority(command, priority, errors, out var urgency) || !TryParseExpiry(command, expiry, errors, out var lifetime))
        {
            return false;
        }

        if ((key > 0 && command[key].IsEmpty) || (id > 0 && command[id].IsEmpty))
        {
            errors.Error(RedisErrors.EmptyKeyOrId);
            return false;
        }

        options = new PublishOptions
        {
            Channel = command[1],
            Message = command[2],
            MessageStart = command.IsInline ? null : command.StartOf(2),
            Priority = urgency,
            Expiry = lifetime,
            Key = key > 0 ? command[key] : default,
            Id = id > 0 ? command[id] : default,
        };
        return true;
    }

    private static bool Take(in RespCommand command, int index, ReadOnlySpan<byte> keyword, ref int value)
    {
        if (value > 0 || !command.Is(index, keyword))
        {
            return false;
        }

        value = index + 1;
        return true;
    }

    private static bool TryParsePriority(in RespCommand command, int index, RespWriter errors, out RecordPriority priority)
    {
        priority = RecordPriority.Normal;
        if (index == 0)
        {
            return true;
        }

        if (!command.TryGetInteger(index, out var value))
        {
            errors.Error(RedisErrors.NotAnInteger);
            return false;
        }

        if (value is < 0 or >= RecordPriority.Count)
        {
            errors.Error(RedisErrors.InvalidPriority);
            return false;
        }

        priority = new RecordPriority((int)value);
        return true;
    }

    private static bool TryParseExpiry(in RespCommand command, int index, RespWriter errors, out TimeSpan? expiry)
    {
        expiry = null;
        if (index == 0)
        {
            return true;
        }

        if (!command.TryGetInteger(index, out var milliseconds))
        {
            errors.Error(RedisErrors.NotAnInteger);
            return false;
        }

        if (milliseconds is < 1 or > MaximumExpiry)
        {
            errors.Error(RedisErrors.InvalidExpiry);
            return false;
        }

        expiry = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }
}
