namespace Broadside.IoUring;

/// <content>Ending without the ring, after it has failed: what is pending will not tell of its end.</content>
internal sealed partial class IoUringConnection
{
    private const State PendingStates = State.Receiving | State.Watching | State.ShutdownPending;

    /// <summary>Takes a send that was accepted before for released.</summary>
    public void Abandon(SendOperation send)
    {
        if (ReferenceEquals(send, _send))
        {
            return;
        }

        _unreleased--;
        var batch = send.Batch;
        send.Notifications = 0;
        Owner.Return(send);
        RaiseSendReleased(batch);
    }

    /// <summary>Makes the last callbacks. The descriptor goes with the ring.</summary>
    public void Abandon()
    {
        _state &= ~PendingStates;
        _file = -1;
        _unreleased = 0;
        if (_opening is { } opening)
        {
            _opening = null;
            opening.Pending = 0;
            Owner.Return(opening);
        }

        if (_send is { } send)
        {
            send.IsInFlight = false;
            send.Notifications = 0;
        }

        TryFinish();
    }
}
