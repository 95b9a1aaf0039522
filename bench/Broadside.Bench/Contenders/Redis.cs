using System.Globalization;
using Broadside.Bench.Machine;

namespace Broadside.Bench.Contenders;

/// <summary>Redis: no persistence, and no subscriber disconnected for what it has yet to read.</summary>
internal sealed class Redis : Contender
{
    private static readonly string[] Options = ["--save", "", "--appendonly", "no", "--client-output-buffer-limit", "pubsub 0 0 0", "--maxclients", "15000"];

    public override string Name => "redis-server";

    public override string? Version { get; } = Shell.Run("redis-server", "--version")?.Split(' ').FirstOrDefault(static word => word.StartsWith("v=", StringComparison.Ordinal))?[2..];

    public override string Settings => string.Join(' ', Options.Select(static option => option.Length == 0 ? "''" : option));

    public override string Protocol => "resp";

    public override bool NeedsWarmUp => false;

    protected override IEnumerable<string> Command(int port, string folder) =>
        ["redis-server", "--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), .. Options];
}
