using Broadside.NetStack.Devices;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tcp.Congestion;

namespace Broadside.NetStack.Simulation.Hosts;

/// <summary>What one host is like.</summary>
internal sealed record HostScenario
{
    /// <summary>The line to it, and what its device can do.</summary>
    public required SimulatedPortOptions Port { get; init; }

    public required TcpSettings Tcp { get; init; }

    /// <summary>How many connections may be half open with a listener.</summary>
    public int Backlog { get; init; }

    /// <summary>How long a listener waits for a connection's first bytes.</summary>
    public TimeSpan DeferAccept { get; init; }

    /// <summary>How many bytes of the arena are left until things calm down; null for as many as wanted.</summary>
    public int? FreeMemory { get; init; }

    /// <summary>How many frames the device takes until it needs a pause; null for any number.</summary>
    public int? DeviceRoom { get; init; }

    public static HostScenario Draw(Random random, SimulatedPortOptions port, bool isCalm, bool hasTinyWindows)
    {
        var hasTinyPools = !isCalm && random.Chance(0.2);
        return new()
        {
            Port = port,
            Tcp = DrawSettings(random, hasTinyPools, hasTinyWindows),
            Backlog = hasTinyPools ? random.Next(0, 3) : 16,
            DeferAccept = random.Chance(0.1) ? TimeSpan.FromSeconds(random.Next(1, 4)) : TimeSpan.Zero,
            FreeMemory = !isCalm && random.Chance(0.15) ? random.Magnitude(32 * 1024, 512 * 1024) : null,
            DeviceRoom = random.Chance(0.2) ? random.Magnitude(1, 64) : null,
        };
    }

    private static TcpSettings DrawSettings(Random random, bool hasTinyPools, bool hasTinyWindows)
    {
        var initialBuffer = random.Chance(0.3) ? random.Magnitude(hasTinyWindows ? 100 : 4_000, 20_000) : 128 * 1024;
        return new()
        {
            MaximumConnections = hasTinyPools ? random.Next(1, 4) : 64,
            MaximumPendingConnections = hasTinyPools ? random.Next(0, 3) : 64,
            MaximumTimeWaits = hasTinyPools ? random.Next(0, 3) : 64,
            TimeWait = TimeSpan.FromSeconds(random.Pick(1, 10, 60)),
            FinWait2Timeout = TimeSpan.FromSeconds(random.Pick(5, 60)),
            InitialReceiveBuffer = initialBuffer,
            MaximumReceiveBuffer = random.Pick(initialBuffer, 4 * initialBuffer, 16 * 1024 * 1024),
            DelayedAcknowledgment = TimeSpan.FromMilliseconds(random.Pick(0, 1, 40, 200)),
            Timestamps = random.Chance(0.7),
            WindowScaling = random.Chance(0.8),
            SelectiveAcknowledgments = random.Chance(0.75),
            Ecn = random.Pick(EcnNegotiation.Never, EcnNegotiation.WhenAsked, EcnNegotiation.Always),
            Recovery = new() { MaximumRanges = random.Chance(0.1) ? 8 : 4096 },
            CongestionAlgorithm = random.Pick(CongestionAlgorithm.Reno, CongestionAlgorithm.Cubic),
            SynCookies = random.Chance(0.7),
        };
    }
}
