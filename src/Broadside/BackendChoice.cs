using Broadside.Channels;
using Broadside.Sockets;

namespace Broadside;

/// <summary>Which backend an engine runs on, and why.</summary>
/// <param name="Backend">The backend.</param>
/// <param name="Reason">Why, for the log.</param>
internal sealed record BackendChoice(ChannelBackend Backend, string Reason)
{
    private const string Variable = "BROADSIDE_BACKEND";

    public static BackendChoice Choose(string? name)
    {
        var (asked, by) = name is not null ? (name, "asked for") : (Environment.GetEnvironmentVariable(Variable), Variable + " says so");
        return asked switch
        {
            null or "" or "auto" => new(new SocketsBackend(), "It is the one there is."),
            "sockets" => new(new SocketsBackend(), $"Chosen because it was {by}."),
            _ => throw new ArgumentException($"There is no backend '{asked}' ({by}). Backends: auto, sockets."),
        };
    }
}
