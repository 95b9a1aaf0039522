namespace Broadside.Bench.Load;

/// <summary>What receivers at a set rate saw.</summary>
/// <param name="Milliseconds">The urgent record's latency: the median over the receivers.</param>
/// <param name="BulkBefore">Bulk records that came before it: the median over the receivers.</param>
internal sealed record PacedOutcome(double Milliseconds, double BulkBefore);
