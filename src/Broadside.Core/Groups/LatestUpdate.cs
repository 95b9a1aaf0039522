using Broadside.Records;

namespace Broadside.Groups;

/// <summary>What a channel has to learn of a key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Body">Its newest record, with a reference that passes to the receiver of the update; null when the key was removed.</param>
/// <param name="Sequence">When.</param>
internal readonly record struct LatestUpdate(LatestKey Key, RecordEntry? Body, long Sequence);
