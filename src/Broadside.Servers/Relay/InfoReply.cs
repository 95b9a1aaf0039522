using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Broadside.Relay;

/// <summary>The reply to INFO: Redis's fields where they have a meaning here, the relay's own beside them.</summary>
internal static class InfoReply
{
    public static void Write(RespWriter writer, RelayState relay, in RespCommand command)
    {
        var text = new StringBuilder();
        foreach (var (name, write) in Sections)
        {
            if (IsWanted(command, name))
            {
                text.Append(text.Length > 0 ? "\r\n" : "").Append("# ").Append(name).Append("\r\n");
                write(text, relay);
            }
        }

        writer.Verbatim(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static readonly (string Name, Action<StringBuilder, RelayState> Write)[] Sections =
    [
        ("Server", WriteServer),
        ("Clients", WriteClients),
        ("Memory", WriteMemory),
        ("Stats", WriteStatistics),
        ("Replication", WriteReplication),
        ("CPU", WriteProcessor),
        ("Keyspace", static (_, _) => { }),
    ];

    private static bool IsWanted(in RespCommand command, string section)
    {
        for (var index = 1; index < command.Count; index++)
        {
            if (command.Is(index, Encoding.ASCII.GetBytes(section)) || command.Is(index, "all"u8) || command.Is(index, "default"u8)
                || command.Is(index, "everything"u8))
            {
                return true;
            }
        }

        return command.Count == 1;
    }

    private static void WriteServer(StringBuilder text, RelayState relay)
    {
        var uptime = relay.Clock.GetElapsedTime(relay.StartedAt);
        Field(text, "redis_version", ConnectionExecution.RedisVersion);
        Field(text, "redis_mode", "standalone");
        Field(text, "broadside_version", typeof(RelayServer).Assembly.GetName().Version!.ToString(3));
        Field(text, "broadside_backend", relay.Engine.Backend);
        Field(text, "broadside_channels", relay.Workers.Length);
        Field(text, "os", RuntimeInformation.OSDescription);
        Field(text, "arch_bits", 64);
        Field(text, "process_id", Environment.ProcessId);
        Field(text, "tcp_port", ConfigReply.Port(relay));
        Field(text, "uptime_in_seconds", (long)uptime.TotalSeconds);
        Field(text, "uptime_in_days", (long)uptime.TotalDays);
    }

    private static void WriteClients(StringBuilder text, RelayState relay)
    {
        Field(text, "connected_clients", relay.Statistics().Connections);
        Field(text, "maxclients", relay.Options.MaximumConnections);
        Field(text, "blocked_clients", 0);
    }

    private static void WriteMemory(StringBuilder text, RelayState relay)
    {
        var arena = relay.Engine.Arena;
        Field(text, "used_memory", GC.GetTotalMemory(false));
        Field(text, "used_memory_rss", Environment.WorkingSet);
        Field(text, "maxmemory", arena.MaximumBytes);
        Field(text, "maxmemory_policy", "noeviction");
        Field(text, "broadside_arena_allocated", arena.AllocatedBytes);
        Field(text, "broadside_arena_reserved", arena.ReservedBytes);
    }

    private static void WriteStatistics(StringBuilder text, RelayState relay)
    {
        var statistics = relay.Statistics();
        var channels = relay.Engine.Channels;
        Field(text, "total_connections_received", statistics.ConnectionsReceived);
        Field(text, "total_commands_processed", statistics.Commands);
        Field(text, "total_net_input_bytes", channels.Sum(static channel => channel.Counters.ReceivedBytes));
        Field(text, "total_net_output_bytes", channels.Sum(static channel => channel.Counters.SentBytes));
        Field(text, "rejected_connections", statistics.ConnectionsRejected);
        Field(text, "pubsub_channels", statistics.Channels);
        Field(text, "pubsub_patterns", statistics.Patterns);
        Field(text, "pubsubshard_channels", 0);
        Field(text, "client_output_buffer_limit_disconnections", statistics.SlowDisconnected);
        Field(text, "broadside_published", statistics.Published);
        Field(text, "broadside_deliveries", statistics.Deliveries);
        Field(text, "broadside_withdrawn", statistics.Withdrawn);
        Field(text, "broadside_refused", statistics.Refused);
        Field(text, "broadside_waits", statistics.Waits);
        Field(text, "broadside_dropped", statistics.Dropped);
        Field(text, "broadside_slow_member", ConfigReply.Policy(relay.Options.SlowMembers));
    }

    private static void WriteReplication(StringBuilder text, RelayState relay)
    {
        Field(text, "role", "master");
        Field(text, "connected_slaves", 0);
    }

    private static void WriteProcessor(StringBuilder text, RelayState relay)
    {
        var usage = Environment.CpuUsage;
        Field(text, "used_cpu_sys", usage.PrivilegedTime.TotalSeconds.ToString("F6", CultureInfo.InvariantCulture));
        Field(text, "used_cpu_user", usage.UserTime.TotalSeconds.ToString("F6", CultureInfo.InvariantCulture));
    }

    private static void Field(StringBuilder text, string name, string value) => text.Append(name).Append(':').Append(value).Append("\r\n");

    private static void Field(StringBuilder text, string name, long value) => Field(text, name, value.ToString(CultureInfo.InvariantCulture));
}
