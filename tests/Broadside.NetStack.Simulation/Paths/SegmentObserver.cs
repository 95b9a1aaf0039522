using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Simulation.Paths;

/// <summary>Right below a stack: shows the record of segments all that the stack sends.</summary>
internal sealed class SegmentObserver(PacketDevice inner, SegmentRecord record) : PacketMiddleware(inner)
{
    private readonly byte[] _scratch = new byte[ushort.MaxValue + 64];

    public override bool TryTransmit(in OutgoingFrame frame)
    {
        if (!Inner.TryTransmit(frame))
        {
            return false;
        }

        frame.CopyTo(_scratch);
        record.OnSent(_scratch.AsSpan(0, frame.Length)[LinkLayer.HeaderLength..], frame.SegmentSize, MaximumTransmissionUnit);
        return true;
    }
}
