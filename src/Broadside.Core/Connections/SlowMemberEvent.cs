namespace Broadside;

/// <summary>A member lagged too far, and this is what was done.</summary>
/// <param name="Group">The group.</param>
/// <param name="Member">The member.</param>
/// <param name="Policy">What was done: <see cref="SlowMemberPolicy.Wait"/> means that senders waited in vain and it was disconnected.</param>
/// <param name="Records">Records dropped; 0 when the member was disconnected.</param>
/// <param name="Bytes">Bytes dropped, or the lag at which it was disconnected.</param>
public readonly record struct SlowMemberEvent(RecordGroup Group, RecordConnection Member, SlowMemberPolicy Policy, long Records, long Bytes);
