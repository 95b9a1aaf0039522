namespace Broadside.Groups;

/// <summary>Something an outbox can be a member of.</summary>
internal interface IMemberQueue
{
    /// <summary>Ends a membership, discarding what is not bound. From any thread; does nothing without one.</summary>
    bool Remove(Outbox outbox);

    /// <summary>Ends a membership once the member was sent what had been sent before. From any thread.</summary>
    bool RemoveDrained(Outbox outbox, LeaveCompletion? completion);
}
