namespace Broadside.Testing;

/// <summary>What one side of a connection tells the other: data, or that something happened.</summary>
/// <param name="Kind">What.</param>
/// <param name="Amount">Bytes, for data, acknowledgements and windows.</param>
/// <param name="Segment">The data.</param>
internal readonly record struct Message(SimulatedEventKind Kind, int Amount = 0, Segment? Segment = null);
