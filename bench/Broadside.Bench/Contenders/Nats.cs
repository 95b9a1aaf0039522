using Broadside.Bench.Machine;

namespace Broadside.Bench.Contenders;

/// <summary>nats-server: room for what subscribers have yet to read, and no pings while it is measured.</summary>
internal sealed class Nats : Contender
{
    private const string Configuration = "max_pending: 1GB, max_payload: 8MB, write_deadline: \"60s\", ping_interval: \"10m\", max_connections: 20000";

    public override string Name => "nats-server";

    public override string? Version { get; } = Shell.Run("nats-server", "--version")?.Split(' ').Last();

    public override string Settings => Configuration;

    public override string Protocol => "nats";

    public override bool NeedsWarmUp => false;

    protected override IEnumerable<string> Command(int port, string folder)
    {
        var file = Path.Combine(folder, $"nats-{port}.conf");
        File.WriteAllLines(file, [$"listen: \"127.0.0.1:{port}\"", .. Configuration.Split(", ")]);
        return ["nats-server", "-c", file];
    }
}
