namespace Broadside.Bench.Load;

/// <summary>What a run of a closed-loop load did, and what it took.</summary>
/// <param name="Requests">Requests answered while it was measured.</param>
/// <param name="AllRequests">And before that, while queues filled.</param>
/// <param name="Seconds">For how long it was measured.</param>
/// <param name="ServerCore">Seconds for which the server's core was busy.</param>
/// <param name="LoadCore">Seconds for which the load's core was busy, with whatever.</param>
/// <param name="LoadCpu">Seconds for which the load had something to do.</param>
/// <param name="Median">Latency in microseconds: the median.</param>
/// <param name="Percentile99">Latency in microseconds: what 99 % of the requests stay within.</param>
internal sealed record LoadOutcome(
    long Requests, long AllRequests, double Seconds, double ServerCore, double LoadCore, double LoadCpu, double Median, double Percentile99);
