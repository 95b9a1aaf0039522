namespace Broadside.Groups;

/// <summary>A member on one channel, 24 bytes: a member that has been sent everything has nothing more.</summary>
internal struct Membership
{
    public Outbox Outbox;

    /// <summary>The member gets what was sent after this sequence.</summary>
    public long JoinSequence;

    /// <summary>The member's cursors, one for each log in which it lags.</summary>
    public LogCursor? Cursors;
}
