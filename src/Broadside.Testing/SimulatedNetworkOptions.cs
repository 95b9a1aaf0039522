namespace Broadside.Testing;

/// <summary>What a <see cref="SimulatedNetwork"/> is like. The same options and the same program give the same run.</summary>
public sealed record SimulatedNetworkOptions
{
    /// <summary>Where every random choice begins. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>From the side that connected to the side that accepted, and for datagrams.</summary>
    public SimulatedLinkOptions ToAcceptor { get; init; } = new();

    /// <summary>From the side that accepted to the side that connected.</summary>
    public SimulatedLinkOptions ToConnector { get; init; } = new();

    /// <summary>
    /// How many bytes a receiver takes ahead of what its handler was given, where
    /// <see cref="Channels.TransportOptions.ReceiveBufferSize"/> does not say. Default 64 KiB.
    /// </summary>
    public int ReceiveWindow { get; init; } = 64 * 1024;

    /// <summary>
    /// How many unacknowledged bytes a sender's transport accepts, where <see cref="Channels.TransportOptions.SendBufferSize"/> does
    /// not say. Default 256 KiB. The unsent among them are bounded by <see cref="Channels.TransportOptions.UnsentLimit"/>.
    /// </summary>
    public int SendBuffer { get; init; } = 256 * 1024;

    /// <summary>The most bytes a transport accepts at one attempt, drawn from 1 up; null means as many as have room, the default.</summary>
    public int? MaximumAccept { get; init; }

    /// <summary>The largest segment, in bytes. Default 16 KiB.</summary>
    public int MaximumSegment { get; init; } = 16 * 1024;

    /// <summary>When memory is released. Default <see cref="SimulatedSendRelease.Copied"/>.</summary>
    public SimulatedSendRelease SendRelease { get; init; }

    /// <summary>How long after its acknowledgement a send is released at most, drawn anew each time, so that the order varies. Default zero.</summary>
    public TimeSpan MaximumReleaseDelay { get; init; }

    /// <summary>What goes wrong. By default nothing.</summary>
    public SimulatedFaultOptions Faults { get; init; } = new();

    /// <summary>Keeps every event in <see cref="SimulatedNetwork.Trace"/>, to find where two runs part. Default false.</summary>
    public bool KeepTrace { get; init; }

    /// <summary>A network whose every property is drawn from <paramref name="seed"/>, with all faults possible: for tests over many seeds.</summary>
    /// <param name="seed">The seed.</param>
    public static SimulatedNetworkOptions Hostile(int seed)
    {
        var random = new Random(seed);
        return new SimulatedNetworkOptions
        {
            Seed = seed,
            ToAcceptor = DrawLink(random),
            ToConnector = DrawLink(random),
            ReceiveWindow = Draw(random, 7, 100, 5_000, 65_536),
            SendBuffer = Draw(random, 7, 100, 5_000, 262_144),
            MaximumAccept = random.Next(2) == 0 ? null : Draw(random, 20, 500, 5_000),
            MaximumSegment = Draw(random, 7, 536, 1_460, 16_384),
            SendRelease = (SimulatedSendRelease)random.Next(3),
            MaximumReleaseDelay = TimeSpan.FromMilliseconds(random.Next(3)),
            Faults = new SimulatedFaultOptions
            {
                ConnectRefusal = Draw(random, 0, 0, 0.2),
                Reset = Draw(random, 0, 0, 0.001, 0.02),
                Stall = Draw(random, 0, 0, 0.01),
                DatagramLoss = Draw(random, 0, 0.1),
                DatagramDuplication = Draw(random, 0, 0.1),
                DatagramReordering = Draw(random, 0, 0.3),
            },
        };
    }

    private static SimulatedLinkOptions DrawLink(Random random) => new()
    {
        Latency = TimeSpan.FromMicroseconds(random.Next(1_000)),
        Jitter = TimeSpan.FromMicroseconds(Draw(random, 0, 10, 5_000)),
        BytesPerSecond = random.Next(2) == 0 ? null : random.Next(100_000, 100_000_000),
    };

    private static T Draw<T>(Random random, params ReadOnlySpan<T> values) => values[random.Next(values.Length)];
}
