using System.Globalization;
using System.Net;
using System.Text;

namespace Broadside.Relay;

/// <summary>The reply to CONFIG GET: the parameters that have a meaning here, by Redis's names where it has them. The password is not told.</summary>
internal static class ConfigReply
{
    public static void Write(RespWriter writer, RelayState relay, in RespCommand command)
    {
        var found = new List<(string Name, string Value)>();
        foreach (var parameter in Parameters(relay))
        {
            if (Matches(command, parameter.Name))
            {
                found.Add(parameter);
            }
        }

        writer.MapHeader(found.Count);
        foreach (var (name, value) in found)
        {
            writer.Bulk(Encoding.ASCII.GetBytes(name));
            writer.Bulk(Encoding.UTF8.GetBytes(value));
        }
    }

    public static int Port(RelayState relay) => relay.EndPoints.OfType<IPEndPoint>().FirstOrDefault()?.Port ?? 0;

    public static string Policy(SlowMemberPolicy policy) => policy switch
    {
        SlowMemberPolicy.DropOldest => "drop-oldest",
        SlowMemberPolicy.Wait => "wait",
        _ => "disconnect",
    };

    private static bool Matches(in RespCommand command, string name)
    {
        var bytes = Encoding.ASCII.GetBytes(name);
        for (var index = 2; index < command.Count; index++)
        {
            var pattern = command[index].ToArray();
            Ascii.ToLower(command[index], pattern, out _);
            if (GlobPattern.IsMatch(pattern, bytes))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<(string Name, string Value)> Parameters(RelayState relay)
    {
        var options = relay.Options;
        yield return ("appendonly", "no");
        yield return ("bind", string.Join(' ', relay.EndPoints.OfType<IPEndPoint>().Select(static endPoint => endPoint.Address)));
        yield return ("databases", "1");
        yield return ("max-lag", Number(options.MaximumLag));
        yield return ("maxclients", Number(options.MaximumConnections));
        yield return ("maxmemory", Number(relay.Engine.Arena.MaximumBytes));
        yield return ("maxmemory-policy", "noeviction");
        yield return ("port", Number(Port(relay)));
        yield return ("proto-max-bulk-len", Number(options.MaximumRecord));
        yield return ("save", "");
        yield return ("slow-member", Policy(options.SlowMembers));
        yield return ("timeout", Number((long)options.IdleTimeout.TotalSeconds));
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
