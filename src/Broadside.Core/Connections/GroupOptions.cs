namespace Broadside;

/// <summary>The limits of a group and what happens at them.</summary>
public sealed record GroupOptions
{
    /// <summary>
    /// How far a member may lag, in bytes; each record counts for its length and 48 bytes. As members share what is pending, it is
    /// also what the group may hold. Default 64 MiB.
    /// </summary>
    public long MaximumLag { get; init; } = 64L << 20;

    /// <summary>What happens to a member that lags further. Default <see cref="SlowMemberPolicy.Disconnect"/>.</summary>
    public SlowMemberPolicy SlowMembers { get; init; }

    /// <summary>Under <see cref="SlowMemberPolicy.Wait"/>: how long one <c>SendAsync</c> waits before those in its way are disconnected. Default 5 s.</summary>
    public TimeSpan WaitTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Under <see cref="SlowMemberPolicy.DropOldest"/>: makes a record that the member receives where records were dropped, or null
    /// for none. Called on the member's channel, before it is next sent to; the group disposes the record. Must not block.
    /// </summary>
    public Func<RecordGap, Record?>? GapNotice { get; init; }
}

/// <summary>A gap in what a member receives.</summary>
/// <param name="Member">The member.</param>
/// <param name="Records">How many records it will not get.</param>
/// <param name="Bytes">Their length in bytes.</param>
public readonly record struct RecordGap(RecordConnection Member, long Records, long Bytes);
