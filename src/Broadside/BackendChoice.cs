using Broadside.Channels;
using Broadside.IoUring;
using Broadside.Sockets;

namespace Broadside;

/// <summary>Which backend an engine runs on, and why.</summary>
/// <param name="Backend">The backend.</param>
/// <param name="Reason">Why, for the log.</param>
/// <param name="IsFree">Whether another may take its place.</param>
internal sealed record BackendChoice(ChannelBackend Backend, string Reason, bool IsFree = false)
{
    private const string Variable = "BROADSIDE_BACKEND";

    /// <param name="name">Which backend; null for what the environment says.</param>
    /// <param name="ioUring">How io_uring works, where it is chosen.</param>
    /// <exception cref="ArgumentException">There is no backend of that name.</exception>
    /// <exception cref="PlatformNotSupportedException">It cannot be used here.</exception>
    public static BackendChoice Choose(string? name, IoUringOptions? ioUring)
    {
        var (asked, by) = name is not null ? (name, "asked for") : (Environment.GetEnvironmentVariable(Variable), Variable + " says so");
        var because = $"Chosen because it was {by}.";
        return asked switch
        {
            null or "" or "auto" => ChooseBest(ioUring),
            "iouring" => new(new IoUringBackend(ioUring), because),
            "sockets" => new(new SocketsBackend(), because),
            _ => throw new ArgumentException($"There is no backend '{asked}' ({by}). Backends: auto, iouring, sockets."),
        };
    }

    /// <summary>
    /// Makes the engine. A ring for each channel may be more than the system gives, although it gave one to ask it: that is known only now.
    /// </summary>
    /// <exception cref="PlatformNotSupportedException">The backend asked for is refused what it needs.</exception>
    public RecordEngine Start(EngineOptions? options)
    {
        try
        {
            return new RecordEngine(Backend, options, Reason);
        }
        catch (IOException exception)
        {
            return IsFree
                ? new RecordEngine(new SocketsBackend(), options, $"No io_uring: {exception.Message}")
                : throw new PlatformNotSupportedException(exception.Message, exception);
        }
    }

    private static BackendChoice ChooseBest(IoUringOptions? ioUring) => IoUringBackend.IsSupported(out var reason)
        ? new(new IoUringBackend(ioUring), "The kernel offers io_uring.", IsFree: true)
        : new(new SocketsBackend(), $"No io_uring: {reason}");
}
