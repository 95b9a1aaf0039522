namespace Broadside;

/// <summary>An extent that has not been returned, as an arena with <see cref="ArenaOptions.Diagnostics"/> reports it.</summary>
/// <param name="Extent">The extent.</param>
/// <param name="TakenAt">The stack trace of the call that took it.</param>
public readonly record struct OutstandingExtent(Extent Extent, string TakenAt);
