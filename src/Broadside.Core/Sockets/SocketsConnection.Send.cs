using System.Net.Sockets;
using Broadside.Channels;

namespace Broadside.Sockets;

/// <content>Sending: at once as far as the transport takes it, the rest as room comes.</content>
internal sealed partial class SocketsConnection
{
    public override SendStatus Send(SendBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfZero(batch.Count, nameof(batch));
        if (_send is not null || Is(State.ShuttingDown | State.Closed) || !Is(State.Established | State.Ended))
        {
            throw new InvalidOperationException(
                _send is not null ? "The previous send is still pending." : "The connection is not open for sending.");
        }

        var position = default(SendPosition);
        if (!Is(State.Ended))
        {
            var error = Owner.Gather.Send(_socket!, batch, ref position, Channel.Counters);
            if (error == SocketError.Success)
            {
                return SendStatus.Released;
            }

            if (error != SocketError.WouldBlock)
            {
                Fail(error);
            }
        }

        _send = Owner.RentSend(this);
        _send.Batch = batch;
        _send.Position = position;
        if (Is(State.Ended) || !AwaitRoom(_send))
        {
            return SendStatus.Pending;
        }

        TakeBackSend();
        return SendStatus.Released;
    }

    /// <summary>The pending operation has ended.</summary>
    public void OnSendCompleted()
    {
        var send = _send!;
        send.IsInFlight = false;
        if (Is(State.Ended))
        {
            Finish();
            return;
        }

        if (!TryAdvance(send) || !SendRest(send))
        {
            return;
        }

        ReleaseSend(accepted: true);
        if (Is(State.ShuttingDown) && !Is(State.ShutDown | State.Ended) && _send is null)
        {
            EndSending();
        }
    }

    /// <summary>Sends what is left; false when that needs more room, or failed.</summary>
    private bool SendRest(SendOperation send)
    {
        var position = send.Position;
        var error = Owner.Gather.Send(_socket!, send.Batch, ref position, Channel.Counters);
        send.Position = position;
        if (error is SocketError.Success)
        {
            return true;
        }

        if (error != SocketError.WouldBlock)
        {
            Fail(error);
            return false;
        }

        return AwaitRoom(send);
    }

    /// <summary>
    /// Leaves a send of the current extent's rest pending, since the framework offers no other way to wait for room; false then.
    /// True in the rare case that room came meanwhile and everything has gone out.
    /// </summary>
    private bool AwaitRoom(SendOperation send)
    {
        while (!send.Position.IsEnd(send.Batch))
        {
            send.SetBuffer(send.Position.Rest(send.Batch, send.Position.Index).Memory);
            send.IsInFlight = true;
            if (_socket!.SendAsync(send))
            {
                return false;
            }

            send.IsInFlight = false;
            if (!TryAdvance(send))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryAdvance(SendOperation send)
    {
        if (send.SocketError != SocketError.Success)
        {
            Fail(send.SocketError);
            return false;
        }

        Channel.Counters.CountSend(send.BytesTransferred);
        send.Position = send.Position.Advance(send.Batch, send.BytesTransferred);
        return true;
    }

    private SendBatch TakeBackSend()
    {
        var send = _send!;
        var batch = send.Batch;
        _send = null;
        Owner.Return(send);
        return batch;
    }

    /// <summary>Reports the pending send's end, if there is one.</summary>
    private void ReleaseSend(bool accepted)
    {
        if (_send is null)
        {
            return;
        }

        var batch = TakeBackSend();
        if (accepted)
        {
            RaiseSendAccepted(batch);
        }

        RaiseSendReleased(batch);
    }
}
