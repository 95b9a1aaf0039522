using Broadside.NetStack.Devices;
using Broadside.NetStack.Peer;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>With another process at the other end.</summary>
public sealed class SharedMemoryProcessTests : IDisposable
{
    private const int Million = 1_000_000;

    private readonly WirePath _path = new();

    public void Dispose() => _path.Dispose();

    [Fact]
    public void A_million_packets_arrive_whole_and_in_order()
    {
        using var device = new SharedMemoryDevice(_path.Path);
        using var peer = new WireProcess(_path.Path, "send", $"{Million}");
        new PacketSequence(device).Receive(Million);
        Assert.Equal("B", peer.ReadLine());
        peer.Finish();
        Assert.Equal((0, 0), (device.Malformed, device.Violations));
        device.Wait(TimeSpan.Zero, forRoom: false);
        Assert.False(device.IsUp);
    }

    [Fact]
    public void A_million_packets_are_sent_against_a_ring_that_is_often_full()
    {
        using var device = new SharedMemoryDevice(_path.Path, new() { SlotCount = 32 });
        using var peer = new WireProcess(_path.Path, "receive", $"{Million}");
        new PacketSequence(device).Send(Million);
        Assert.Equal("B", peer.ReadLine());
        peer.Finish();
        Assert.Equal(0, device.Lost);
    }

    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    public void A_peer_killed_at_any_moment_is_noticed_and_replaced(string role)
    {
        const int Seed = 17;
        var random = new Random(Seed);
        var peer = role == "A" ? StartPeer(role) : null;
        using var device = new SharedMemoryDevice(_path.Path, new() { SlotCount = 64 });
        var burst = new ReceivedFrame[16];
        for (var round = 0; round < 8; round++)
        {
            peer ??= StartPeer(role);
            Await(device, isUp: true);
            for (var left = random.Next(1, 100_000); left > 0; left -= Math.Max(1, device.Receive(burst)))
            {
                device.Wait(TimeSpan.FromMilliseconds(1), forRoom: false);
            }

            peer.Kill();
            Await(device, isUp: false);
            Assert.Equal(0, device.Violations);
            peer.Dispose();
            peer = null;
        }
    }

    [Fact]
    public void A_peer_killed_while_its_ring_is_full_lets_go_of_who_waits_for_room()
    {
        using var device = new SharedMemoryDevice(_path.Path, new() { SlotCount = 16 });
        using var peer = new WireProcess(_path.Path, "idle");
        Assert.Equal("B", peer.ReadLine());
        Await(device, isUp: true);
        while (device.TrySend(new byte[100]))
        {
            device.Flush();
        }

        var killer = new Thread(peer.Kill);
        killer.Start();
        while (!device.TrySend(new byte[100]))
        {
            device.Wait(Timeout.InfiniteTimeSpan, forRoom: true);
        }

        killer.Join();
        Assert.False(device.IsUp);
    }

    [Fact]
    public void What_two_dead_processes_have_left_is_made_anew()
    {
        using (var first = new WireProcess(_path.Path, "flood"))
        using (var second = new WireProcess(_path.Path, "flood"))
        {
            Assert.Equal(["A", "B"], new[] { first.ReadLine(), second.ReadLine() }.Order());
            first.Kill();
            second.Kill();
        }

        using var device = new SharedMemoryDevice(_path.Path, new() { MaximumTransmissionUnit = 9000 });
        Assert.Equal((WireRole.A, 9000), (device.Role, device.MaximumTransmissionUnit));
        using var peer = new WireProcess(_path.Path, "send", "100");
        new PacketSequence(device).Receive(100);
    }

    [Fact]
    public void A_third_process_is_told_so()
    {
        using var device = new SharedMemoryDevice(_path.Path);
        using var peer = new WireProcess(_path.Path, "idle");
        Assert.Equal("B", peer.ReadLine());
        using var third = new WireProcess(_path.Path, "idle");
        Assert.Contains("no third", third.ReadLine(), StringComparison.Ordinal);
    }

    private static void Await(SharedMemoryDevice device, bool isUp)
    {
        var burst = new ReceivedFrame[16];
        while (true)
        {
            var count = device.Receive(burst);
            if (device.IsUp == isUp)
            {
                return;
            }

            device.Wait(count > 0 ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, forRoom: false);
        }
    }

    private WireProcess StartPeer(string role)
    {
        var peer = new WireProcess(_path.Path, "flood");
        Assert.Equal(role, peer.ReadLine());
        return peer;
    }
}
