using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>A device over another, which it owns; what it does not change is the other's.</summary>
internal abstract class PacketMiddleware(PacketDevice inner) : PacketDevice
{
    public override string Name => Inner.Name;

    public override LinkLayer LinkLayer => Inner.LinkLayer;

    public override MacAddress MacAddress => Inner.MacAddress;

    public override int MaximumTransmissionUnit => Inner.MaximumTransmissionUnit;

    public override int MaximumSegmentedLength => Inner.MaximumSegmentedLength;

    public override bool IsUp => Inner.IsUp;

    public override long NextDue => Inner.NextDue;

    public override long Transmitted => Inner.Transmitted;

    public override long Completed => Inner.Completed;

    protected PacketDevice Inner { get; } = inner;

    public override int Receive(Span<ReceivedFrame> burst) => Inner.Receive(burst);

    public override bool TryTransmit(in OutgoingFrame frame) => Inner.TryTransmit(frame);

    public override void Flush() => Inner.Flush();

    public override void Wait(TimeSpan timeout, bool forRoom) => Inner.Wait(timeout, forRoom);

    public override void Wake() => Inner.Wake();

    protected override void Dispose(bool disposing) => Inner.Dispose();
}
