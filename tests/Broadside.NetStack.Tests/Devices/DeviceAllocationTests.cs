using Broadside.NetStack.Devices;
using static Broadside.NetStack.Tests.Devices.DeviceTesting;

namespace Broadside.NetStack.Tests.Devices;

[Collection(AllocationTests.Name)]
public sealed class DeviceAllocationTests
{
    private const int BurstLength = 16;

    private readonly VirtualTime _time = new();
    private readonly ReceivedFrame[] _burst = new ReceivedFrame[BurstLength];

    [Fact]
    public void A_simulated_link_allocates_nothing_per_frame()
    {
        using var link = new SimulatedLink(_time, new() { BitsPerSecond = 1_000_000_000, Latency = TimeSpan.FromMicroseconds(10) });
        AllocationTests.AssertNone(() => Burst(link.A, link.B));
    }

    [Fact]
    public void A_simulated_switch_allocates_nothing_per_frame()
    {
        using var wire = new SimulatedSwitch(_time);
        var (a, b) = (wire.AddPort(), wire.AddPort());
        var frame = Ethernet(a.MacAddress, b.MacAddress);
        AllocationTests.AssertNone(() =>
        {
            a.TrySend(frame);
            b.Receive(_burst);
        });
    }

    [Fact]
    public void Fault_injection_and_capture_allocate_nothing_per_frame()
    {
        using var link = new SimulatedLink(_time);
        var jitter = TimeSpan.FromMicroseconds(3);
        var faults = new FaultOptions { Loss = 0.1, Duplication = 0.1, Corruption = 0.1, Reordering = 0.1, Jitter = jitter };
        using var device = new PcapWriter(new FaultInjection(link.A, faults, faults, new Random(1), _time), Stream.Null, _time);
        AllocationTests.AssertNone(() =>
        {
            Burst(device, link.B);
            Burst(link.B, device);
        });
    }

    [Fact]
    public void A_wire_in_shared_memory_allocates_nothing_per_frame()
    {
        using var path = new WirePath();
        using var a = new SharedMemoryDevice(path.Path);
        using var b = new SharedMemoryDevice(path.Path);
        a.Receive(_burst);
        AllocationTests.AssertNone(() =>
        {
            Burst(a, b);
            Burst(b, a);
            a.Wait(TimeSpan.FromTicks(1), forRoom: false);
            b.Wake();
            b.Wait(Timeout.InfiniteTimeSpan, forRoom: false);
        });
    }

    private void Burst(PacketDevice from, PacketDevice to)
    {
        Span<byte> packet = stackalloc byte[1000];
        for (var frame = 0; frame < BurstLength; frame++)
        {
            from.TrySend(packet);
        }

        from.Flush();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        while (to.Receive(_burst) > 0)
        {
        }
    }
}
