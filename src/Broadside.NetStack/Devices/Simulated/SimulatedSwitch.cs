using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>
/// An Ethernet switch with any number of ports: it learns from source addresses where stations are, and floods what is for a group or
/// for a station it has not heard.
/// </summary>
internal sealed class SimulatedSwitch(TimeProvider timeProvider) : ISimulatedWire, IDisposable
{
    private const int MaximumStations = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<MacAddress, SimulatedPort> _stations = [];
    private SimulatedPort[] _ports = [];

    public LinkLayer LinkLayer => LinkLayer.Ethernet;

    /// <summary>How many frames were sent to all ports for want of knowledge, groups not counted.</summary>
    public long Flooded { get; private set; }

    public SimulatedPort AddPort(SimulatedPortOptions? options = null)
    {
        lock (_lock)
        {
            var index = _ports.Length;
            var port = new SimulatedPort(this, $"simulated:{index}", SimulatedAddress.OfPort(index), options ?? new(), timeProvider);
            _ports = [.. _ports, port];
            return port;
        }
    }

    void ISimulatedWire.Forward(SimulatedPort sender, ReadOnlySpan<byte> frame, int segmentSize)
    {
        if (!EthernetFrame.TryParse(frame, out var ethernet, out _))
        {
            return;
        }

        var (station, ports) = Learn(sender, ethernet.Source, ethernet.Destination);
        if (station is not null)
        {
            DeliverTo(station, sender, frame, segmentSize);
            return;
        }

        foreach (var port in ports)
        {
            DeliverTo(port, sender, frame, segmentSize);
        }
    }

    public void Dispose()
    {
        foreach (var port in _ports)
        {
            port.Dispose();
        }
    }

    private static void DeliverTo(SimulatedPort port, SimulatedPort sender, ReadOnlySpan<byte> frame, int segmentSize)
    {
        if (port != sender)
        {
            port.Deliver(frame, segmentSize);
        }
    }

    private (SimulatedPort? Station, SimulatedPort[] Ports) Learn(SimulatedPort sender, MacAddress source, MacAddress destination)
    {
        lock (_lock)
        {
            if (!source.IsGroup && (_stations.Count < MaximumStations || _stations.ContainsKey(source)))
            {
                _stations[source] = sender;
            }

            if (destination.IsGroup)
            {
                return (null, _ports);
            }

            var isKnown = _stations.TryGetValue(destination, out var station);
            Flooded += isKnown ? 0 : 1;
            return (station, _ports);
        }
    }
}
