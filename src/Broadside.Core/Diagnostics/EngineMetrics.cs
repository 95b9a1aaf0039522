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

    public EngineMetrics()
    {
        _membersDisconnected = _meter.CreateCounter<long>("broadside.group.members_disconnected", "{member}", "Members disconnected because they lagged too far.");
        _recordsDropped = _meter.CreateCounter<long>("broadside.group.records_dropped", "{record}", "Records members lost because they lagged too far.");
        _recordsUnsent = _meter.CreateCounter<long>("broadside.group.deliveries_withdrawn", "{delivery}", "Deliveries withdrawn before they began.");
    }

    public void CountDisconnectedMember() => _membersDisconnected.Add(1);

    public void CountDroppedRecords(long records) => _recordsDropped.Add(records);

    public void CountWithdrawn(long deliveries) => _recordsUnsent.Add(deliveries);

    /// <summary>Publishes a value that is read when somebody asks.</summary>
    public void Observe(string name, string unit, string description, Func<long> value) =>
        _meter.CreateObservableGauge(name, value, unit, description);

    /// <summary>Publishes a growing value, one for each channel, that is read when somebody asks.</summary>
    public void ObserveChannels(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> values) =>
        _meter.CreateObservableCounter(name, values, unit, description);

    public void Dispose() => _meter.Dispose();
}
