using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Network;

/// <summary>A device that keeps what is sent and says what a test wants it to say.</summary>
internal sealed class RecordingDevice(MacAddress address, int maximumTransmissionUnit = 1500, LinkLayer linkLayer = LinkLayer.Ethernet)
    : PacketDevice
{
    public List<byte[]> Sent { get; } = [];

    /// <summary>Whether frames are kept; without, only the last is, in place.</summary>
    public bool IsRecording { get; set; } = true;

    public byte[] Last { get; } = new byte[1 << 16];

    public int LastLength { get; private set; }

    public int LastSegmentSize { get; private set; }

    public int LastTransportOffset { get; private set; }

    public bool HasRoom { get; set; } = true;

    public bool Up { get; set; } = true;

    public int Segmented { get; set; }

    public override string Name => "recording";

    public override LinkLayer LinkLayer => linkLayer;

    public override MacAddress MacAddress => address;

    public override int MaximumTransmissionUnit => maximumTransmissionUnit;

    public override int MaximumSegmentedLength => Segmented;

    public override bool IsUp => Up;

    public override int Receive(Span<ReceivedFrame> burst) => 0;

    public override bool TryTransmit(in OutgoingFrame frame)
    {
        if (!HasRoom)
        {
            return false;
        }

        frame.CopyTo(Last);
        (LastLength, LastSegmentSize, LastTransportOffset) = (frame.Length, frame.SegmentSize, frame.TransportOffset);
        if (IsRecording)
        {
            Sent.Add(Last[..LastLength]);
        }

        return true;
    }

    public override void Flush()
    {
    }

    public override void Wait(TimeSpan timeout, bool forRoom)
    {
    }

    public override void Wake()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
