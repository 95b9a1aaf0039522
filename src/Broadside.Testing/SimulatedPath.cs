namespace Broadside.Testing;

/// <summary>One direction of a connection: carries messages in order, each after the link's latency, unless blocked.</summary>
internal sealed class SimulatedPath(SimulatedNetwork network, SimulatedLinkOptions link, SimulatedConnection destination)
{
    private readonly Queue<(long Arrival, Message Message)> _messages = new();
    private long _lastArrival;
    private bool _isArrivalScheduled;

    /// <summary>When the link has put what it was given on the wire and can take more.</summary>
    public long FreeAt { get; private set; }

    public void Send(Message message)
    {
        var departure = Math.Max(network.Now, FreeAt);
        if (message.Segment is { } segment)
        {
            departure += TransmissionTime(segment.Length);
            FreeAt = departure;
        }

        _lastArrival = Math.Max(_lastArrival, departure + network.DrawLatency(link) + network.DrawStall(message.Kind));
        _messages.Enqueue((_lastArrival, message));
        ScheduleArrival();
    }

    /// <summary>Goes on after whatever blocked the path is gone.</summary>
    public void Unblock() => ScheduleArrival();

    private long TransmissionTime(int bytes) =>
        link.BytesPerSecond is { } rate ? bytes * TimeSpan.TicksPerSecond / rate : 0;

    private void ScheduleArrival()
    {
        if (_isArrivalScheduled || _messages.Count == 0 || network.IsBlocked(destination))
        {
            return;
        }

        _isArrivalScheduled = true;
        network.Schedule(Math.Max(_messages.Peek().Arrival, network.Now), Arrive);
    }

    private void Arrive()
    {
        _isArrivalScheduled = false;
        if (network.IsBlocked(destination))
        {
            return;
        }

        var message = _messages.Dequeue().Message;
        network.Record(message.Kind, destination.Id, message.Amount);
        destination.OnMessage(message);
        ScheduleArrival();
    }
}
