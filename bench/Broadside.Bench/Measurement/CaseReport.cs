namespace Broadside.Bench.Measurement;

/// <summary>What a scenario found in one of its cases.</summary>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="Case">The case's name.</param>
/// <param name="Unit">The unit of the values.</param>
/// <param name="LargerIsBetter">Which way the values count.</param>
/// <param name="Ours">Our runs.</param>
/// <param name="Peers">The others'; run by run beside ours.</param>
internal sealed record CaseReport(string Scenario, string Case, string Unit, bool LargerIsBetter, Series Ours, IReadOnlyList<Series> Peers)
{
    public Comparison Compare(Series peer) => Comparison.Of(Ours.Values, peer.Values, LargerIsBetter);

    /// <summary>Whether ours or a comparison varied too much to be quoted.</summary>
    public bool IsNoisy => Peers.Count == 0 ? Comparison.Spread(Ours.Values) > 0.1 : Peers.Any(peer => Compare(peer).IsNoisy);
}
