namespace Broadside.Relay;

/// <summary>What a client may call itself.</summary>
internal static class ClientName
{
    /// <summary>Whether text fits into a CLIENT LIST line: printable ASCII, no spaces. Empty is valid and takes the name away.</summary>
    public static bool IsValid(ReadOnlySpan<byte> text) => text.IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0;
}
