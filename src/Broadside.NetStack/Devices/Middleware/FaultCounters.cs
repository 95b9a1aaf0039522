namespace Broadside.NetStack.Devices;

/// <summary>What befell one direction's frames, so that a test can assert that it did.</summary>
internal readonly record struct FaultCounters(long Offered, long Lost, long Duplicated, long Corrupted, long Reordered);
