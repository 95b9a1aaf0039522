namespace Broadside.Relay;

/// <summary>A version of the Redis serialization protocol, as HELLO negotiates it.</summary>
internal enum RespVersion : byte
{
    /// <summary>What every connection starts with.</summary>
    Resp2 = 2,

    /// <summary>Adds maps, sets, pushes, booleans, doubles, verbatim strings and one null.</summary>
    Resp3 = 3,
}
