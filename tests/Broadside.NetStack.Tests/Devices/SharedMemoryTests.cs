using System.Runtime.InteropServices;
using Broadside.NetStack.Devices;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Win32.SafeHandles;
using static Broadside.NetStack.Tests.Devices.DeviceTesting;

namespace Broadside.NetStack.Tests.Devices;

public sealed partial class SharedMemoryTests : IDisposable
{
    private readonly WirePath _path = new();

    public void Dispose() => _path.Dispose();

    [Fact]
    public void The_first_is_A_the_second_B_and_a_third_is_refused()
    {
        using var a = Open();
        Assert.False(a.IsUp);
        using var b = Open();
        Assert.Equal((WireRole.A, WireRole.B), (a.Role, b.Role));
        Assert.True(b.IsUp);
        a.Wait(TimeSpan.Zero, forRoom: false);
        Assert.True(a.IsUp);
        Assert.Contains("no third", Assert.Throws<DeviceFailedException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Frames_go_both_ways_and_only_after_a_flush()
    {
        using var a = Open();
        using var b = Open();
        a.ReceiveAll();
        a.TrySend(Numbered(1));
        b.TrySend(Numbered(2));
        Assert.Empty(b.ReceiveAll());
        a.Flush();
        b.Flush();
        Assert.Equal(1, Number(Assert.Single(b.ReceiveAll())));
        Assert.Equal(2, Number(Assert.Single(a.ReceiveAll())));
        Assert.Equal((1, 1), (a.Transmitted, a.Completed));
    }

    [Fact]
    public void While_nobody_is_at_the_other_end_what_is_sent_is_lost()
    {
        using var a = Open();
        for (var number = 0; number < 10_000; number++)
        {
            Assert.True(a.TrySend(Numbered(number)));
        }

        a.Flush();
        a.Wait(Timeout.InfiniteTimeSpan, forRoom: true);
        using var b = Open();
        Assert.Empty(b.ReceiveAll());
        Assert.Equal(10_000, a.Lost);
    }

    [Fact]
    public void Who_closes_is_noticed_after_the_last_words_and_may_be_replaced()
    {
        using var a = Open();
        for (var round = 0; round < 5; round++)
        {
            using (var b = Open())
            {
                Assert.Equal(WireRole.B, b.Role);
                b.TrySend(Numbered(round));
                a.ReceiveAll();
                Assert.True(a.IsUp);
                a.TrySend(Numbered(99));
                a.Flush();
            }

            Assert.Equal(round, Number(Assert.Single(a.ReceiveAll())));
            Assert.False(a.IsUp);
        }

        Assert.Equal(0, a.Violations);
    }

    [Fact]
    public void The_first_may_be_replaced_too()
    {
        var a = Open();
        using var b = Open();
        a.Dispose();
        a.Dispose();
        Assert.Throws<ObjectDisposedException>(() => a.Receive([]));
        b.ReceiveAll();
        Assert.False(b.IsUp);
        using var next = Open();
        Assert.Equal(WireRole.A, next.Role);
        b.ReceiveAll();
        Assert.True(b.IsUp && next.IsUp);
        next.TrySend(Numbered(5));
        next.Flush();
        Assert.Equal(5, Number(Assert.Single(b.ReceiveAll())));
    }

    [Fact]
    public void A_replacement_that_comes_before_anyone_looks_loses_nothing_of_its_own()
    {
        using var a = Open();
        var first = Open();
        a.ReceiveAll();
        first.Dispose();
        using var second = Open();
        second.TrySend(Numbered(7));
        second.Flush();
        Assert.Equal(7, Number(Assert.Single(a.ReceiveAll())));
        Assert.True(a.IsUp);
    }

    [Fact]
    public void A_full_ring_refuses_until_there_is_room()
    {
        using var a = Open(slots: 16);
        using var b = Open();
        a.ReceiveAll();
        for (var number = 0; number < 16; number++)
        {
            Assert.True(a.TrySend(Numbered(number)));
        }

        Assert.False(a.TrySend(Numbered(16)));
        var receiver = new Thread(() => Assert.Equal(16, b.ReceiveAll().Count));
        receiver.Start();
        while (!a.TrySend(Numbered(16)))
        {
            a.Wait(Timeout.InfiniteTimeSpan, forRoom: true);
        }

        receiver.Join();
    }

    [Fact]
    public void A_wake_ends_the_wait_it_comes_before_or_during()
    {
        using var a = Open();
        a.Wake();
        a.Wait(Timeout.InfiniteTimeSpan, forRoom: false);
        var waiter = new Thread(() => a.Wait(Timeout.InfiniteTimeSpan, forRoom: false));
        waiter.Start();
        a.Wake();
        Assert.True(waiter.Join(TimeSpan.FromSeconds(30)));
        a.Wait(TimeSpan.FromMilliseconds(1), forRoom: false);
    }

    [Fact]
    public void A_wake_after_the_end_does_nothing()
    {
        var a = Open();
        a.Dispose();
        a.Wake();
    }

    [Fact]
    public void What_is_too_long_is_dropped_and_counted()
    {
        using var a = Open();
        using var b = Open();
        a.ReceiveAll();
        Assert.True(a.TrySend(new byte[1501]));
        Assert.True(a.TrySend(new byte[1500]));
        a.Flush();
        Assert.Equal(1500, Assert.Single(b.ReceiveAll()).Length);
        Assert.Equal(1, a.Lost);
    }

    [Fact]
    public void The_one_who_joins_takes_the_wire_as_it_is()
    {
        using var a = new SharedMemoryDevice(_path.Path, new() { MaximumTransmissionUnit = 9000, SlotCount = 8 });
        using var b = new SharedMemoryDevice(_path.Path, new() { MaximumTransmissionUnit = 1280, SlotCount = 4096 });
        Assert.Equal(9000, b.MaximumTransmissionUnit);
    }

    /// <summary>Against a queue: whatever is written and read in whatever portions, in a ring that wraps every four packets.</summary>
    [Fact]
    public void A_ring_is_a_bounded_queue()
    {
        var steps = Gen.Choose(0, 6).Two().ListOf(100);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(steps.ToArbitrary(), list =>
        {
            using var path = new WirePath();
            using var a = new SharedMemoryDevice(path.Path, new() { SlotCount = 4 });
            using var b = new SharedMemoryDevice(path.Path);
            a.ReceiveAll();
            var queue = new Queue<int>();
            var number = 0;
            foreach (var (writes, reads) in list)
            {
                for (var write = 0; write < writes; write++)
                {
                    var isTaken = a.TrySend(Numbered(number));
                    Assert.Equal(queue.Count < 4, isTaken);
                    if (isTaken)
                    {
                        queue.Enqueue(number++);
                    }
                }

                a.Flush();
                var burst = new ReceivedFrame[reads];
                var count = b.Receive(burst);
                Assert.Equal(Math.Min(reads, queue.Count), count);
                Assert.All(burst[..count], frame => Assert.Equal(queue.Dequeue(), Number(frame.Bytes.ToArray())));
            }
        }));
    }

    [Fact]
    public void The_file_is_its_owners_and_takes_no_space_when_all_have_gone()
    {
        using (Open())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(_path.Path).UnixFileMode);
            using (Open())
            {
            }

            Assert.True(new FileInfo(_path.Path).Length > 1_000_000);
        }

        Assert.Equal(0, new FileInfo(_path.Path).Length);
        using var again = Open();
        Assert.Equal(WireRole.A, again.Role);
    }

    [Fact]
    public void The_file_may_be_one_that_only_exists_in_memory()
    {
        using var file = new SafeFileHandle(CreateMemoryFile("wire", 0), ownsHandle: true);
        var path = $"/proc/{Environment.ProcessId}/fd/{file.DangerousGetHandle()}";
        using var a = new SharedMemoryDevice(path);
        using var b = new SharedMemoryDevice(path);
        a.Receive([]);
        a.TrySend(Numbered(3));
        a.Flush();
        Assert.Equal(3, Number(Assert.Single(b.ReceiveAll())));
    }

    [Fact]
    public void Options_without_meaning_are_refused()
    {
        foreach (var options in new SharedMemoryOptions[]
        {
            new() { MaximumTransmissionUnit = 67 },
            new() { MaximumTransmissionUnit = 65_536 },
            new() { SlotCount = 3 },
            new() { SlotCount = 100 },
            new() { SlotCount = 1 << 17 },
        })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new SharedMemoryDevice(_path.Path, options));
        }
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemoryFile(string name, uint flags);

    private SharedMemoryDevice Open(int slots = 1024) => new(_path.Path, new() { SlotCount = slots });
}
