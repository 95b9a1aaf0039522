using Broadside.Cli.Options;
using Broadside.Relay;

namespace Broadside.Cli.Serving;

/// <summary>What <c>serve</c> prints once it listens. Scripts wait for the lines that begin with <c>listening on</c>.</summary>
internal static class Banner
{
    public static void Write(TextWriter output, RecordEngine engine, RelayServer relay, ServeSettings settings)
    {
        var options = settings.Relay;
        var idle = options.IdleTimeout == TimeSpan.Zero ? "never closed" : $"closed after {new Duration(options.IdleTimeout)}";
        output.WriteLine($"backend {engine.Backend}, {engine.Channels.Count} channels{(settings.PinThreads ? ", pinned" : "")}");
        output.WriteLine($"limits: {options.MaximumConnections} connections, records of {new ByteSize(options.MaximumRecord)}, memory {new ByteSize(engine.Arena.MaximumBytes)}");
        output.WriteLine($"subscribers may lag {new ByteSize(options.MaximumLag)}, then {Consequence(options.SlowMembers)}; idle clients are {idle}");
        output.WriteLine(options.Password is null ? "no password" : "clients need the password");
        foreach (var endPoint in relay.EndPoints)
        {
            output.WriteLine($"listening on {endPoint}");
        }

        output.Flush();
    }

    private static string Consequence(SlowMemberPolicy policy) => policy switch
    {
        SlowMemberPolicy.DropOldest => "lose the oldest messages",
        SlowMemberPolicy.Wait => "publishers wait",
        _ => "are disconnected",
    };
}
