using Broadside.NetStack.Devices;
using Broadside.NetStack.Simulation.Hosts;

namespace Broadside.NetStack.Simulation;

/// <summary>What one run is like: all of it follows from the seed.</summary>
internal sealed record Scenario
{
    private const double HowOftenCalm = 0.1;

    public required int Seed { get; init; }

    /// <summary>Whether nothing goes wrong on the way or on the hosts.</summary>
    public bool IsCalm { get; init; }

    public LinkLayer LinkLayer { get; init; }

    /// <summary>Whether the two are on a switch instead of a cable.</summary>
    public bool HasSwitch { get; init; }

    public bool IsIPv6 { get; init; }

    public required HostScenario A { get; init; }

    public required HostScenario B { get; init; }

    /// <summary>What goes wrong on the way to each; null for a device that segments itself and of which nothing is lost but by queues.</summary>
    public FaultOptions? FaultsToA { get; init; }

    public FaultOptions? FaultsToB { get; init; }

    /// <summary>The longest packet that the router on the way lets through; null for no router.</summary>
    public int? PathLimit { get; init; }

    /// <summary>Whether buffers may be of a few bytes, through which then little is sent.</summary>
    public bool HasTinyWindows { get; init; }

    /// <summary>How many pairs of endpoints connect.</summary>
    public int Pairs { get; init; }

    /// <summary>How much an endpoint sends at once, at most.</summary>
    public int LongestSend { get; init; }

    /// <summary>How many things an endpoint does before it ends, at most.</summary>
    public int LongestProgram { get; init; }

    /// <summary>How long things go wrong.</summary>
    public TimeSpan Turmoil { get; init; }

    /// <summary>How often meanwhile the link goes down, the path changes, a host stands still or time leaps.</summary>
    public int Incidents { get; init; }

    public static Scenario Draw(int seed)
    {
        var random = new Random(seed);
        var isCalm = random.Chance(HowOftenCalm);
        var linkLayer = random.Pick(LinkLayer.None, LinkLayer.Ethernet);
        var hasFaults = !isCalm && random.Chance(0.9);
        var joinsSegments = random.Chance(0.5);
        var hasRouter = !isCalm && !joinsSegments && random.Chance(0.3);
        var isLossy = hasFaults && random.Chance(0.85);
        var isIPv6 = random.Chance(0.4);
        var hasTinyWindows = random.Chance(0.3);
        var maximumTransmissionUnit = random.Pick(1500, 1500, 1500, 1400, 1280, isIPv6 ? 1300 : 600, 4000, 9000);
        return new()
        {
            Seed = seed,
            IsCalm = isCalm,
            LinkLayer = linkLayer,
            HasSwitch = linkLayer == LinkLayer.Ethernet && random.Chance(0.5),
            IsIPv6 = isIPv6,
            HasTinyWindows = hasTinyWindows,
            A = HostScenario.Draw(random, DrawPort(random, isCalm, maximumTransmissionUnit, joinsSegments), isCalm, hasTinyWindows),
            B = HostScenario.Draw(random, DrawPort(random, isCalm, maximumTransmissionUnit, joinsSegments), isCalm, hasTinyWindows),
            FaultsToA = hasFaults ? DrawFaults(random, isLossy) : null,
            FaultsToB = hasFaults ? DrawFaults(random, isLossy) : null,
            PathLimit = hasRouter ? random.Next(isIPv6 ? 1280 : 560, maximumTransmissionUnit + 1) : null,
            Pairs = random.Magnitude(1, 8),
            LongestSend = random.Magnitude(1_000, hasTinyWindows ? 50_000 : 4_000_000),
            LongestProgram = random.Next(1, hasTinyWindows ? 6 : 12),
            Turmoil = random.Magnitude(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60)),
            Incidents = isCalm || random.Chance(0.5) ? 0 : random.Magnitude(1, 12),
        };
    }

    private static SimulatedPortOptions DrawPort(Random random, bool isCalm, int maximumTransmissionUnit, bool joinsSegments) => new()
    {
        Latency = random.Chance(0.1) ? TimeSpan.Zero : random.Magnitude(TimeSpan.FromMicroseconds(20), TimeSpan.FromMilliseconds(200)),
        BitsPerSecond = random.Pick(0L, 2_000_000, 10_000_000, 100_000_000, 1_000_000_000),
        QueueLimit = isCalm ? 64 * 1024 * 1024 : random.Magnitude(3 * maximumTransmissionUnit, 1_000_000),
        MarkingThreshold = random.Chance(0.3) ? random.Magnitude(1_000, 100_000) : null,
        MaximumTransmissionUnit = maximumTransmissionUnit,
        MaximumSegmentedLength = random.Chance(0.5) ? ushort.MaxValue : 0,
        JoinsSegments = joinsSegments,
    };

    private static FaultOptions DrawFaults(Random random, bool isLossy) => new()
    {
        Loss = isLossy && random.Chance(0.7) ? random.NextDouble() * random.Pick(0.01, 0.1, 0.4) : 0,
        BurstLoss = isLossy && random.Chance(0.25)
            ? new() { Worsening = random.NextDouble() * 0.02, Recovery = 0.05 + (random.NextDouble() * 0.5) }
            : null,
        Duplication = random.Chance(0.3) ? random.NextDouble() * 0.2 : 0,
        Corruption = random.Chance(0.3) ? random.NextDouble() * 0.1 : 0,
        Reordering = random.Chance(0.4) ? random.NextDouble() * 0.3 : 0,
        ReorderingDelay = random.Magnitude(TimeSpan.FromMicroseconds(50), TimeSpan.FromMilliseconds(200)),
        Jitter = random.Chance(0.4) ? random.Time(TimeSpan.FromMilliseconds(50)) : TimeSpan.Zero,
    };
}
