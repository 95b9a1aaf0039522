using System.Diagnostics.CodeAnalysis;
using Broadside.NetStack.Devices;
using Broadside.NetStack.Wire;

namespace Broadside.PacketScripts.Shim;

/// <summary>A device in memory whose frames are IP packets: what the script sends is received, what is sent waits for the script.</summary>
internal sealed unsafe class PacketQueueDevice(int maximumTransmissionUnit) : PacketDevice
{
    private readonly Queue<byte[]> _arriving = new();
    private readonly Queue<byte[]> _sent = new();
    private readonly List<byte[]> _borrowed = [];
    private long _transmitted;

    public override string Name => "script";

    public override LinkLayer LinkLayer => LinkLayer.None;

    public override MacAddress MacAddress => default;

    public override int MaximumTransmissionUnit => maximumTransmissionUnit;

    public override bool IsUp => true;

    public override long Transmitted => _transmitted;

    public bool HasArrived => _arriving.Count > 0;

    /// <summary>A packet is there to be received.</summary>
    public void Arrive(ReadOnlySpan<byte> packet)
    {
        var frame = GC.AllocateUninitializedArray<byte>(packet.Length, pinned: true);
        packet.CopyTo(frame);
        _arriving.Enqueue(frame);
    }

    public bool TryTakeSent([NotNullWhen(true)] out byte[]? packet) => _sent.TryDequeue(out packet);

    public override int Receive(Span<ReceivedFrame> burst)
    {
        _borrowed.Clear();
        while (_borrowed.Count < burst.Length && _arriving.TryDequeue(out var frame))
        {
            fixed (byte* pinned = frame)
            {
                burst[_borrowed.Count] = new(pinned, frame.Length);
            }

            _borrowed.Add(frame);
        }

        return _borrowed.Count;
    }

    public override bool TryTransmit(in OutgoingFrame frame)
    {
        var packet = new byte[frame.Length];
        frame.CopyTo(packet);
        _sent.Enqueue(packet);
        _transmitted++;
        return true;
    }

    public override void Flush()
    {
    }

    public override void Wait(TimeSpan timeout, bool forRoom) => throw new NotSupportedException("Time is virtual.");

    public override void Wake()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
