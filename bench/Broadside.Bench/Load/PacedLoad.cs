using System.Diagnostics;
using Broadside.Bench.Measurement;

namespace Broadside.Bench.Load;

/// <summary>Receivers that read at a set rate, until each has a number of bulk records and an urgent one.</summary>
internal sealed class PacedLoad : IDisposable
{
    // Of the size that is measured as stalled elsewhere: what the kernel holds ahead of an urgent record counts, so it is set.
    private const int ReceiveBuffer = 64 * 1024;
    private const double Patience = 30;

    private readonly PacedReceiver[] _receivers;
    private readonly int _records;

    public PacedLoad(int port, int receivers, int bytesPerSecond, int records)
    {
        _records = records;
        _receivers = new PacedReceiver[receivers];
        for (var index = 0; index < receivers; index++)
        {
            var socket = Handshake.Connect(port, ReceiveBuffer);
            socket.Blocking = false;
            _receivers[index] = new PacedReceiver(socket, bytesPerSecond);
        }
    }

    public PacedOutcome Run()
    {
        var started = Stopwatch.GetTimestamp();
        while (_receivers.Any(receiver => receiver.Bulk < _records || receiver.Latency is null))
        {
            var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
            foreach (var receiver in _receivers)
            {
                receiver.Read(elapsed);
            }

            if (elapsed > Patience)
            {
                throw new IOException($"Not every record came within {Patience} s.");
            }

            Thread.Sleep(1);
        }

        return new PacedOutcome(
            Comparison.Median(_receivers.Select(static receiver => receiver.Latency!.Value.TotalMilliseconds)),
            Comparison.Median(_receivers.Select(static receiver => (double)receiver.BulkBefore)));
    }

    public void Dispose()
    {
        foreach (var receiver in _receivers)
        {
            receiver.Dispose();
        }
    }
}
