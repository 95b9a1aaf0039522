using System.Diagnostics;

namespace Broadside.Servers.Tests.Relay;

/// <summary>What an idle subscriber costs in user space. Alone, as it reads the process's heap.</summary>
[Collection(nameof(AllocationTests))]
public sealed class MemoryTests(ITestOutputHelper output)
{
    private const int Allowed = 1600;
    private const int Subscribers = 2000;

    [Fact]
    public async Task An_idle_subscriber_costs_little()
    {
        Requirement.IsOptimised();
        Requirement.IsMet(OperatingSystem.IsLinux() ? null : "Native sockets are opened as Linux does");
        await using var relay = await RunningRelay.StartAsync();
        var sockets = new int[Subscribers * 2];

        Connect(relay, sockets.AsSpan(0, Subscribers));

        // Many at once grow the pools that all share to more than those who come one by one need.
        for (var burst = 0; burst < 10; burst++)
        {
            SubscribeTogether(sockets.AsSpan(0, Subscribers));
        }

        var before = Measure(relay);
        Connect(relay, sockets.AsSpan(Subscribers));
        var after = Measure(relay);
        Array.ForEach(sockets, socket => NativeSocket.Close(socket));
        var each = (after - before) / Subscribers;
        output.WriteLine($"{each:N0} bytes per idle subscriber");
        Assert.InRange(each, 0, Allowed);
    }

    private static void Connect(RunningRelay relay, Span<int> sockets)
    {
        foreach (ref var socket in sockets)
        {
            socket = NativeSocket.Connect(relay.EndPoint);
            SubscribeTogether([socket]);
        }
    }

    private static void SubscribeTogether(ReadOnlySpan<int> sockets)
    {
        foreach (var socket in sockets)
        {
            NativeSocket.Send(socket, "*2\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n"u8);
        }

        foreach (var socket in sockets)
        {
            NativeSocket.Receive(socket, "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n"u8.Length);
        }
    }

    // The arena's blocks are on the heap: of them, only what is handed out counts. Idle queues are let go of within a second.
    private static long Measure(RunningRelay relay)
    {
        var arena = relay.Engine.Arena;
        var least = long.MaxValue;
        var unchanged = Stopwatch.StartNew();
        Eventually.True(() =>
        {
            var now = GC.GetTotalMemory(true) - arena.ReservedBytes + arena.AllocatedBytes;
            if (now < least)
            {
                least = now;
                unchanged.Restart();
            }

            return unchanged.ElapsedMilliseconds > 1000;
        });
        return least;
    }
}
