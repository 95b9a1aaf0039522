namespace Broadside.Groups;

/// <summary>What a send queue asks of the group or connection it belongs to. Called on channel threads.</summary>
internal interface IQueueOwner
{
    /// <summary>What happens to members that lag too far.</summary>
    SlowMemberPolicy SlowMembers { get; }

    /// <summary>How far a member may lag, in cost.</summary>
    long MaximumLag { get; }

    /// <summary>The record that tells a member of a gap, or null.</summary>
    Record? MakeGapNotice(Outbox member, long records, long bytes);

    /// <summary>A channel has let go of what it held of drained logs.</summary>
    void OnTrimmed(SendQueue queue);

    /// <summary>A member was dropped from or skipped ahead.</summary>
    void OnSlowMember(Outbox member, SlowMemberPolicy policy, long records, long bytes);

    /// <summary>Where what waits for the queue goes on.</summary>
    ContinuationScheduling Scheduling => ContinuationScheduling.ThreadPool;
}
