using Broadside.NetStack.Devices;
using Broadside.NetStack.Devices.Interop;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Steering;

/// <summary>
/// What a channel that shares a device has for one: packets come from the keeper, checked, and go to it, which finds their neighbors.
/// </summary>
internal sealed unsafe class SteeredDevice : PacketDevice
{
    private readonly SteeringMember _member;
    private readonly PacketDevice _shared;
    private readonly EventFile _wake = new();
    private readonly PacketRing _inbox;
    private readonly PacketRing _outbox;
    private bool _hasSent;

    public SteeredDevice(SteeringMember member)
    {
        _member = member;
        _shared = member.Group.Device;
        _inbox = member.Inbox!;
        _outbox = member.Outbox!;
        member.UseWake(_wake.Signal);
    }

    public override string Name => _shared.Name;

    public override LinkLayer LinkLayer => LinkLayer.None;

    public override MacAddress MacAddress => _shared.LinkLayer == LinkLayer.Ethernet ? _shared.MacAddress : default;

    public override int MaximumTransmissionUnit => _shared.MaximumTransmissionUnit;

    public override int MaximumSegmentedLength => Math.Max(0, _shared.MaximumSegmentedLength - Headroom);

    public override bool IsUp => _shared.IsUp;

    private int Headroom => _shared.LinkLayer.HeaderLength;

    public override int Receive(Span<ReceivedFrame> burst)
    {
        _member.Group.ThrowIfFailed();
        _inbox.Release();
        var count = 0;
        while (count < burst.Length && _inbox.TryPeek(out var packet))
        {
            burst[count++] = packet.Received;
            _inbox.Take();
        }

        return count;
    }

    public override bool TryTransmit(in OutgoingFrame frame)
    {
        _member.Group.ThrowIfFailed();
        if (!_outbox.TryReserve(Headroom + frame.Length, out var bytes))
        {
            return false;
        }

        frame.CopyTo(bytes[Headroom..]);
        _outbox.Commit(ChecksumValidation.Software, frame.SegmentSize, Headroom + frame.Headers.Length);
        _hasSent = true;
        return true;
    }

    public override void Flush()
    {
        if (_hasSent)
        {
            _hasSent = false;
            _member.Group.Keeper.Doorbell.Ring();
        }
    }

    public override void Wait(TimeSpan timeout, bool forRoom)
    {
        _member.AwaitsRoom = forRoom;
        _member.Doorbell.BeginWait();
        if (_inbox.IsEmpty
            && !(forRoom && _outbox.HasRoom(SteeringMember.LongestFrame))
            && _member.Group.Failure is null)
        {
            Sleep(timeout);
        }

        _member.Doorbell.EndWait();
        _member.AwaitsRoom = false;
    }

    public override void Wake() => _wake.Signal();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _member.Group.Leave(_member);
            _wake.Dispose();
        }
    }

    private void Sleep(TimeSpan timeout)
    {
        var entry = new PollEntry(_wake.Number, PollEvents.Readable);
        if (SystemCalls.Poll(&entry, 1, timeout) > 0)
        {
            _wake.Reset();
        }
    }
}
