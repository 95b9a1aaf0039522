namespace Broadside;

/// <summary>What a withdrawal achieved.</summary>
/// <param name="Withdrawn">Members that had not begun to receive the record, and now never will.</param>
/// <param name="AlreadyBound">The other members of the time of sending: they have it, are receiving it, or had left or been dropped before.</param>
public readonly record struct UnsendResult(int Withdrawn, int AlreadyBound);
