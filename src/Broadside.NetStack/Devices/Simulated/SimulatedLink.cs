namespace Broadside.NetStack.Devices;

/// <summary>Two ports and a cable between them, with or without Ethernet headers.</summary>
internal sealed class SimulatedLink : ISimulatedWire, IDisposable
{
    /// <summary>Makes the ports; options may differ by direction, but usually are the same.</summary>
    public SimulatedLink(
        TimeProvider timeProvider,
        SimulatedPortOptions? optionsOfA = null,
        SimulatedPortOptions? optionsOfB = null,
        LinkLayer linkLayer = LinkLayer.None)
    {
        LinkLayer = linkLayer;
        optionsOfA ??= new();
        A = new(this, "simulated:a", SimulatedAddress.OfPort(0), optionsOfA, timeProvider);
        B = new(this, "simulated:b", SimulatedAddress.OfPort(1), optionsOfB ?? optionsOfA, timeProvider);
    }

    public LinkLayer LinkLayer { get; }

    public SimulatedPort A { get; }

    public SimulatedPort B { get; }

    /// <summary>Takes both ends down or up.</summary>
    public void SetLink(bool isUp)
    {
        A.SetLink(isUp);
        B.SetLink(isUp);
    }

    void ISimulatedWire.Forward(SimulatedPort sender, ReadOnlySpan<byte> frame, int segmentSize) =>
        (sender == A ? B : A).Deliver(frame, segmentSize);

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }
}
