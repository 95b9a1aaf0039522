namespace Broadside.Cli.Clients;

/// <summary>What a value of RESP2 or RESP3 is, as far as it makes a difference here.</summary>
internal enum RespKind
{
    /// <summary>No value.</summary>
    Null,

    /// <summary>A string, a number, a boolean: text, whatever its type on the wire.</summary>
    Text,

    /// <summary>An error.</summary>
    Error,

    /// <summary>Several values: an array, a set, a map.</summary>
    Aggregate,

    /// <summary>Several values that the server sent unasked (RESP3).</summary>
    Push,
}
