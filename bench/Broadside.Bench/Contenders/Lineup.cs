using Broadside.Bench.Scenarios;

namespace Broadside.Bench.Contenders;

/// <summary>The contenders of each kind of scenario: ours first, on the best backend there is, then ours on the others.</summary>
internal static class Lineup
{
    private static readonly string Best = Backends.Available[0];

    public static IReadOnlyList<Contender> Fanout { get; } =
        [.. OnEachBackend(static (name, backend) => new Ours(name, backend)), new Nats(), new Redis(), new Naive(), new Limit()];

    public static IReadOnlyList<Contender> Memory { get; } = [.. OnEachBackend(static (name, backend) => new Ours(name, backend)), new Naive()];

    public static IReadOnlyList<Contender> Echo { get; } =
    [
        .. OnEachBackend(static (name, backend) => new ChannelContender("channel-echo", name, backend)),
        new ChannelContender("record-echo", "records", Best),
        AsyncEcho,
        new HarnessServer("epoll", "one thread: epoll_wait, recv, send", "epoll-echo"),
    ];

    public static IReadOnlyList<Contender> Short { get; } =
    [
        .. OnEachBackend(static (name, backend) => new ChannelContender("channel-http", name, backend)),
        new HarnessServer("saea", "SocketAsyncEventArgs, reused", "saea-http"),
        new HarnessServer("epoll", "one thread: accept4, recv, send, close; TCP_DEFER_ACCEPT", "epoll-http"),
        new Nginx(),
    ];

    public static IReadOnlyList<Contender> Idle { get; } =
        [.. OnEachBackend(static (name, backend) => new ChannelContender("channel-echo", name, backend)), AsyncEcho];

    /// <summary>Ours as echo servers on a number of channels.</summary>
    public static IReadOnlyList<Contender> OnChannels(int channels) =>
        [.. OnEachBackend((name, backend) => new ChannelContender("channel-echo", name, backend, channels))];

    /// <summary>Those that are installed; who is missing is said.</summary>
    public static IEnumerable<Contender> Installed(BenchContext context, IEnumerable<Contender> contenders)
    {
        foreach (var contender in contenders)
        {
            if (contender.Version is null)
            {
                context.Remark($"{contender.Name} is not installed: no figure for it (bench/setup installs it)");
            }
            else
            {
                yield return contender;
            }
        }
    }

    private static HarnessServer AsyncEcho => new("saea", "SocketAsyncEventArgs, one for each direction", "saea-echo");

    private static IEnumerable<Contender> OnEachBackend(Func<string, string, Contender> make) =>
        Backends.Available.Select(backend => make(backend == Best ? "broadside" : "broadside-" + backend, backend));
}
