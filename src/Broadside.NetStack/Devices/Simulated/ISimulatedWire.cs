namespace Broadside.NetStack.Devices;

/// <summary>What connects simulated ports.</summary>
internal interface ISimulatedWire
{
    LinkLayer LinkLayer { get; }

    /// <summary>Hands a frame on to the ports it is for. On the sender's thread.</summary>
    void Forward(SimulatedPort sender, ReadOnlySpan<byte> frame, int segmentSize);
}
