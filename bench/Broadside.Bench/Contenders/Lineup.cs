using Broadside.Bench.Machine;
using Broadside.Bench.Scenarios;

namespace Broadside.Bench.Contenders;

/// <summary>The contenders of each kind of scenario: ours first, on the best backend there is, then ours on the others.</summary>
internal static class Lineup
{
    /// <summary>Descriptors that a process needs for other things.</summary>
    public const int SpareDescriptors = 1_000;

    private static readonly string Best = Backends.Available[0];

    public static IReadOnlyList<Contender> Fanout { get; } =
        [.. OnEachBackend(static (name, backend) => new Ours(name, backend)), new Nats(), new Redis(), new Naive(), new Limit()];

    public static IReadOnlyList<Contender> Memory { get; } =
        [.. OnEachBackend(static (name, backend) => new Ours(name, backend)), .. Backends.Available.Contains("iouring") ? LargeRecords : [], new Naive()];

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

    /// <summary>Ours as echo servers on a number of channels, each of which has a processor.</summary>
    public static IReadOnlyList<Contender> OnChannels(int channels) =>
        [.. Idle.OfType<ChannelContender>().Select(ours => ours.OnChannels(channels, onProcessors: channels))];

    /// <summary>Echo servers that can hold a number of connections; who cannot is said.</summary>
    public static IEnumerable<Contender> Holding(BenchContext context, int connections)
    {
        var limit = DescriptorLimit.Value - SpareDescriptors;
        foreach (var contender in Idle)
        {
            if (connections <= limit)
            {
                yield return contender;
            }
            else if (contender is ChannelContender { NeedsDescriptors: false } ours)
            {
                // Channels get about as many each, not exactly.
                yield return ours.OnChannels((connections / (limit * 9 / 10)) + 1, onProcessors: 1);
            }
            else
            {
                context.Remark($"{contender.Name} cannot hold {connections} connections here: a process may have {DescriptorLimit.Value} descriptors");
            }
        }
    }

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

    // What else can be done with large records on io_uring.
    private static IEnumerable<Contender> LargeRecords =>
        new[] { "zerocopy", "file" }.Select(static strategy => new Ours("broadside-" + strategy, "iouring", "--large-records", strategy));

    private static HarnessServer AsyncEcho => new("saea", "SocketAsyncEventArgs, one for each direction", "saea-echo");

    private static IEnumerable<Contender> OnEachBackend(Func<string, string, Contender> make) =>
        Backends.Available.Select(backend => make(backend == Best ? "broadside" : "broadside-" + backend, backend));
}
