namespace Broadside.Bench.Load;

/// <summary>What a run of the fan-out load did, and what it took.</summary>
/// <param name="Bytes">Bytes received by all subscribers.</param>
/// <param name="Seconds">For how long.</param>
/// <param name="ServerCpu">Seconds for which the server's core was busy.</param>
/// <param name="LoadCpu">Seconds for which the load had something to do.</param>
internal sealed record FanoutOutcome(long Bytes, double Seconds, double ServerCpu, double LoadCpu);
