using System.Net;

namespace Broadside.Cli.Clients;

/// <summary>Which server to talk to, and how.</summary>
/// <param name="Host">Its name or address.</param>
/// <param name="Port">Its port.</param>
internal sealed record ServerAddress(string Host, int Port)
{
    /// <summary>How long connecting may take, and then each answer.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Whether to speak RESP3.</summary>
    public required bool IsResp3 { get; init; }

    /// <summary>What to authenticate with; null for nothing.</summary>
    public required string? Password { get; init; }

    public EndPoint EndPoint => IPAddress.TryParse(Host, out var address) ? new IPEndPoint(address, Port) : new DnsEndPoint(Host, Port);

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
