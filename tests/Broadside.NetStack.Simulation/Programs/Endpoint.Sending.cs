using Broadside.Channels;
using Broadside.NetStack.Tcp;

namespace Broadside.NetStack.Simulation.Programs;

/// <content>Sending: batches of extents of many sizes, each to be given back once.</content>
internal sealed partial class Endpoint
{
    private const int LargestExtent = 64 * 1024;

    private readonly Dictionary<SendBatch, long> _outstanding = [];
    private readonly Pattern _sent;
    private long _given;
    private bool _isShutDown;

    /// <summary>How many bytes were given to send in all.</summary>
    public long Given => _given;

    /// <summary>Whether nothing is given any more.</summary>
    public bool IsShutDown => _isShutDown;

    private void Send()
    {
        var left = _random.Magnitude(1, _world.Scenario.LongestSend);
        var largest = _random.Magnitude(1, LargestExtent);
        for (var batches = _random.Next(1, 5); batches > 0 && left > 0; batches--)
        {
            var batch = Compose(batches == 1 ? left : _random.Next(1, left + 1), largest);
            if (batch.Count == 0)
            {
                _world.Tally.OutOfMemory++;
                return;
            }

            left -= (int)batch.Length;
            _given += batch.Length;
            _outstanding.Add(batch, _given);
            _connection.Send(batch);
        }
    }

    // As many bytes as there is memory for, in so many extents at most.
    private SendBatch Compose(int length, int largest)
    {
        const int MostExtents = 40;
        var batch = new SendBatch();
        var position = _given;
        while (length > 0 && batch.Count < MostExtents)
        {
            if (!Host.Arena.TryAllocate(Math.Min(length, _random.Next(1, largest + 1)), out var extent))
            {
                break;
            }

            _sent.Fill(extent.Span, position);
            position += extent.Length;
            length -= extent.Length;
            batch.Add(extent);
        }

        return batch;
    }

    private void TakeReleased()
    {
        while (_connection.TryTakeReleased(out var batch))
        {
            Check(_outstanding.Remove(batch, out var end), "got back a batch that it had got back before, or never given");
            Check(_connection.IsClosed || end <= _given - _connection.UnacknowledgedLength, "got back a batch that was not acknowledged whole");
            foreach (var extent in batch.Extents)
            {
                Host.Arena.Free(extent);
            }
        }
    }

    private void ShutDown()
    {
        _isShutDown = true;
        _connection.IsCorked = false;
        _connection.ShutdownSend();
    }

    private void Abort(TcpCloseReason reason = TcpCloseReason.Aborted)
    {
        _hasAborted = true;
        _connection.Abort(Now, reason);
    }
}
