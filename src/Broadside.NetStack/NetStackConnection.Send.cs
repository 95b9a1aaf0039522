using Broadside.Channels;
using Broadside.NetStack.Tcp;

namespace Broadside.NetStack;

/// <content>
/// Sending: TCP refers to the batches until the peer has acknowledged them. One is accepted as long as little enough is unsent, so that
/// what is beyond can still be overtaken or withdrawn.
/// </content>
internal sealed partial class NetStackConnection
{
    private SendBatch? _pending;
    private int _deferred;

    public override SendStatus Send(SendBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfZero(batch.Count, nameof(batch));
        if (_pending is not null || _tcp is not { } tcp || Is(State.ShuttingDown | State.Finishing) || !Is(State.Established | State.Ended))
        {
            throw new InvalidOperationException(
                _pending is not null ? "The previous send is still pending." : "The connection is not open for sending.");
        }

        tcp.Send(batch);
        if (!Is(State.Ended) && !tcp.IsClosed)
        {
            Channel.Counters.CountSend(batch.Length);
            if (IsBelowLimit(tcp))
            {
                return SendStatus.Accepted;
            }
        }

        _pending = batch;
        return SendStatus.Pending;
    }

    /// <summary>The device no longer refers to a batch.</summary>
    public void OnDeviceDone(SendBatch batch)
    {
        _deferred--;
        RaiseSendReleased(batch);
        if (Is(State.Ended))
        {
            Enqueue();
        }
    }

    private static bool IsBelowLimit(TcpConnection tcp) => tcp.UnsentLength <= tcp.Options.UnsentLimit;

    private void ReportSending(TcpConnection tcp)
    {
        if (_pending is { } pending && IsBelowLimit(tcp) && (!tcp.IsClosed || tcp.CloseReason == TcpCloseReason.Closed))
        {
            _pending = null;
            RaiseSendAccepted(pending);
        }

        ReleaseBatches(tcp);
    }

    private void ReleaseBatches(TcpConnection tcp)
    {
        while (tcp.TryTakeReleased(out var batch))
        {
            if (ReferenceEquals(batch, _pending))
            {
                // Given up.
                _pending = null;
            }

            if (Owner.Releases.TryAdd(this, batch))
            {
                _deferred++;
            }
            else
            {
                RaiseSendReleased(batch);
            }
        }
    }
}
