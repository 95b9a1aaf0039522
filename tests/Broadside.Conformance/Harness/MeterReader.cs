using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Broadside.Conformance.Harness;

/// <summary>Reads what engines publish on their meter, as a collector would.</summary>
public sealed class MeterReader : IDisposable
{
    private readonly ConcurrentDictionary<(string Name, int Channel), long> _values = new();
    private readonly MeterListener _listener = new();

    public MeterReader()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Broadside")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The sum over channels; null where there is no such instrument.</summary>
    public long? Read(string name)
    {
        _listener.RecordObservableInstruments();
        var values = _values.Where(pair => pair.Key.Name == name).Select(pair => pair.Value).ToList();
        return values.Count == 0 ? null : values.Sum();
    }

    /// <summary>What one channel tells.</summary>
    public long? Read(string name, int channel)
    {
        _listener.RecordObservableInstruments();
        return _values.TryGetValue((name, channel), out var value) ? value : null;
    }

    public void Dispose() => _listener.Dispose();

    private void Note(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var channel = -1;
        foreach (var (key, number) in tags)
        {
            channel = key == "channel" ? (int)number! : channel;
        }

        // An observable instrument tells its total, another what was added.
        _values.AddOrUpdate((instrument.Name, channel), value, (_, before) => instrument.IsObservable ? value : before + value);
    }
}
