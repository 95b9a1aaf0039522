namespace Broadside.Groups;

/// <summary>What an outbox may hold and how much it binds at once.</summary>
/// <param name="MaximumQueuedBytes">The cost of all that may be queued for the connection, over all its groups.</param>
/// <param name="Quantum">Bytes bound at once.</param>
/// <param name="LargestQuantum">Bytes bound at once while the transport takes everything and more is pending.</param>
internal sealed record OutboxLimits(long MaximumQueuedBytes, int Quantum, int LargestQuantum);
