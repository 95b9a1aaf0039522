using System.Diagnostics.Metrics;

namespace Broadside.Diagnostics;

/// <summary>The engine's instruments, on the meter <c>Broadside</c>. Names and units are public: see docs/operations.md.</summary>
internal sealed class EngineMetrics : IDisposable
{
    public const string MeterName = "Broadside";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _membersDisconnected;
    private readonly Counter<long> _recordsDropped;
    private readonly Counter<long> _recordsUnsent;
    private readonly Counter<long> _bytesCopied;
    private readonly Counter<long> _bytesReferenced;

    public EngineMetrics()
    {
        _membersDisconnected = _meter.CreateCounter<long>("broadside.group.members_disconnected", "{member}", "Members disconnected because they lagged too far.");
        _recordsDropped = _meter.CreateCounter<long>("broadside.group.records_dropped", "{record}", "Records members lost because they lagged too far.");
        _recordsUnsent = _meter.CreateCounter<long>("broadside.group.deliveries_withdrawn", "{delivery}", "Deliveries withdrawn before they began.");
        _bytesCopied = _meter.CreateCounter<long>("broadside.sends.copied", "By", "Bytes of small records, copied once into the log of what they were sent to.");
        _bytesReferenced = _meter.CreateCounter<long>("broadside.sends.referenced", "By", "Bytes of large records, which are referred to where they are.");
    }

    public void CountDisconnectedMember() => _membersDisconnected.Add(1);

    public void CountDroppedRecords(long records) => _recordsDropped.Add(records);

    public void CountWithdrawn(long deliveries) => _recordsUnsent.Add(deliveries);

    /// <summary>Counts a record sent to a group or a connection; once, however many members there are.</summary>
    public void CountSent(int length, bool isReferenced) => (isReferenced ? _bytesReferenced : _bytesCopied).Add(length);

    /// <summary>Publishes a value that is read when somebody asks.</summary>
    public void Observe(string name, string unit, string description, Func<long> value) =>
        _meter.CreateObservableGauge(name, value, unit, description);

    /// <summary>Publishes a growing value, one for each channel, that is read when somebody asks.</summary>
    public void ObserveChannels(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> values) =>
        _meter.CreateObservableCounter(name, values, unit, description);

    /// <summary>Publishes a value that goes up and down, one for each channel, that is read when somebody asks.</summary>
    public void ObserveChannelLevels(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> values) =>
        _meter.CreateObservableGauge(name, values, unit, description);

    public void Dispose() => _meter.Dispose();
}
