using System.Diagnostics;
using Broadside.NetStack.Devices;
using static Broadside.NetStack.Tests.Devices.DeviceTesting;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>Files that are no wire, and peers that write what they should not.</summary>
public sealed class SharedMemoryFailureTests : IDisposable
{
    private const int SlotCount = 16;

    // Where the words lie: see WireGeometry, WireHeader and WireSide.
    private const long VersionOffset = 8;
    private static readonly long WrittenByB = WireGeometry.SideOffset(WireRole.B) + 256;
    private static readonly long TakenByB = WireGeometry.SideOffset(WireRole.B) + 384;

    private readonly WirePath _path = new();

    public void Dispose() => _path.Dispose();

    [Theory]
    [InlineData(0, "no Broadside wire")]
    [InlineData(VersionOffset, "its version is ")]
    [InlineData(12, "features 0x")]
    [InlineData(16, "header is damaged")]
    [InlineData(24, "header is damaged")]
    [InlineData(28, "header is damaged")]
    [InlineData(32, "header is damaged")]
    public void A_header_that_means_something_else_is_refused(long offset, string message)
    {
        foreach (var value in new uint[] { 0, 3, 0x7FFF_FFFF, 0x8000_0000, uint.MaxValue })
        {
            using var path = new WirePath();
            using var a = Open(path);
            path.Damage(offset, BitConverter.GetBytes(value));
            if (offset == 12 && value == 0)
            {
                continue;
            }

            Assert.Contains(message, Assert.Throws<DeviceFailedException>(() => Open(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_shorter_than_its_header_says_is_refused()
    {
        using var a = Open(_path);
        var length = new FileInfo(_path.Path).Length;
        using (var file = File.OpenHandle(_path.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            RandomAccess.SetLength(file, length - 1);
        }

        Assert.Contains("but it has", Assert.Throws<DeviceFailedException>(() => Open(_path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_wire_is_left_as_it_is()
    {
        File.WriteAllText(_path.Path, "precious");
        Assert.Contains("left as it is", Assert.Throws<DeviceFailedException>(() => Open(_path)).Message, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(_path.Path));
    }

    [Theory]
    [InlineData("/nowhere/wire", "directory does not exist")]
    [InlineData("/dev/shm", "directory")]
    [InlineData("/dev/null", "cannot be")]
    [InlineData("/sys/kernel/uevent_seqnum", "no permission")]
    public void A_path_where_no_wire_can_be_says_why(string path, string message)
    {
        var failure = Assert.Throws<DeviceFailedException>(() => new SharedMemoryDevice(path));
        Assert.Contains(message, failure.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"shm:{path}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Want_of_space_is_told_at_once()
    {
        RequireRoot("mounts a small file system");
        var directory = Directory.CreateTempSubdirectory("broadside-small-").FullName;
        Run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", directory);
        try
        {
            var path = Path.Combine(directory, "wire");
            var failure = Assert.Throws<DeviceFailedException>(() => new SharedMemoryDevice(path));
            Assert.Contains("no space is left", failure.Message, StringComparison.Ordinal);
            Assert.Equal(0, new FileInfo(path).Length);
            new SharedMemoryDevice(path, new() { SlotCount = 32 }).Dispose();
        }
        finally
        {
            Run("umount", directory);
            Directory.Delete(directory);
        }
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(SlotCount + 1)]
    [InlineData(1UL << 63)]
    public void A_count_of_packets_that_cannot_be_takes_the_link_down_until_another_comes(ulong count)
    {
        using var a = Open(_path);
        using (var b = Open(_path))
        {
            a.ReceiveAll();
            Assert.True(a.IsUp);
            _path.Damage(WrittenByB, count);
            Assert.Empty(a.ReceiveAll());
            Assert.False(a.IsUp);
            a.Wait(TimeSpan.FromMilliseconds(1), forRoom: false);
            Assert.False(a.IsUp);
        }

        AssertReplaceable(a);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL)]
    [InlineData(1UL << 63)]
    public void A_count_of_free_slots_that_cannot_be_takes_the_link_down_until_another_comes(ulong count)
    {
        using var a = Open(_path);
        using (var b = Open(_path))
        {
            a.ReceiveAll();
            _path.Damage(TakenByB, count);
            for (var number = 0; number < 2 * SlotCount; number++)
            {
                a.TrySend(Numbered(number));
                a.Flush();
            }

            a.Wait(TimeSpan.Zero, forRoom: true);
            a.TrySend(Numbered(0));
            Assert.Equal(count == 1, a.IsUp);
        }

        AssertReplaceable(a, violations: count == 1 ? 0 : 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1501)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void A_packet_of_impossible_length_is_passed_over(int length)
    {
        using var a = Open(_path);
        using var b = Open(_path);
        a.ReceiveAll();
        b.TrySend(Numbered(1));
        b.TrySend(Numbered(2));
        b.Flush();
        var geometry = new WireGeometry(1500, SlotCount);
        _path.Damage(geometry.RingOffset(WireRole.B), BitConverter.GetBytes(length));
        Assert.Equal(2, Number(Assert.Single(a.ReceiveAll())));
        Assert.Equal(1, a.Malformed);
    }

    /// <summary>Whatever is written wherever: no exception, no endless loop, and a new peer finds all in order.</summary>
    [Fact]
    public void A_peer_that_scribbles_over_all_the_memory_harms_itself_only()
    {
        const int Seed = 31;
        var random = new Random(Seed);
        using var a = Open(_path);
        var length = (int)new FileInfo(_path.Path).Length;
        var burst = new ReceivedFrame[8];
        for (var round = 0; round < 200; round++)
        {
            using (var b = Open(_path))
            {
                a.Receive(burst);
                for (var step = 0; step < 20; step++)
                {
                    var bytes = new byte[random.Next(1, 64)];
                    random.NextBytes(bytes);
                    var offset = random.Next(2) == 0 ? random.Next(length - 4096) : random.Next(2048);
                    _path.Damage(WireGeometry.SideOffset(WireRole.A) + offset, bytes);
                    a.Receive(burst);
                    a.TrySend(Numbered(step));
                    a.Flush();
                    a.Wait(TimeSpan.Zero, forRoom: random.Next(2) == 0);
                }
            }

            // The doorbell and the flag of a sleeper may say anything now; the header is as it was.
            a.Receive(burst);
        }

        Drain(a);
        using var peer = Open(_path);
        a.Receive(burst);
        peer.TrySend(Numbered(1));
        peer.Flush();
        Assert.True(a.IsUp, $"seed {Seed}");
        Assert.Equal(1, Number(a.ReceiveAll()[^1]));
    }

    private static void Drain(SharedMemoryDevice device)
    {
        for (var round = 0; round < 10_000 && device.IsUp; round++)
        {
            device.ReceiveAll();
            device.Wait(TimeSpan.Zero, forRoom: false);
        }

        Assert.False(device.IsUp);
    }

    private void AssertReplaceable(SharedMemoryDevice a, int violations = 1)
    {
        Assert.Equal(violations, a.Violations);
        using var next = Open(_path);
        a.ReceiveAll();
        Assert.True(a.IsUp && next.IsUp);
        for (var number = 0; number < 5 * SlotCount; number++)
        {
            Assert.True(a.TrySend(Numbered(number)) && next.TrySend(Numbered(number)));
            a.Flush();
            next.Flush();
            Assert.Equal(number, Number(Assert.Single(next.ReceiveAll())));
            Assert.Equal(number, Number(Assert.Single(a.ReceiveAll())));
        }
    }

    private static SharedMemoryDevice Open(WirePath path) => new(path.Path, new() { SlotCount = SlotCount });

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
