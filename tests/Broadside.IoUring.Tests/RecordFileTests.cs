using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Broadside.IoUring.Tests;

/// <summary>The file in which large records lie: what it takes, and that nothing of it is left behind.</summary>
public sealed partial class RecordFileTests
{
    private const int Mebibyte = 1024 * 1024;

    public RecordFileTests() => Require.Environment(IoUringBackend.IsSupported(out var reason), reason);

    [Fact]
    public void WhatIsFreedTakesNoMemory()
    {
        var arena = new Arena();
        using var file = Create(arena);
        var extents = Enumerable.Range(0, 8).Select(_ => arena.Allocate(Mebibyte)).ToList();
        extents.ForEach(extent => extent.Span.Fill(1));
        Assert.Equal(8 * Mebibyte, BytesOfFile());
        extents.ForEach(extent => arena.Free(extent.Slice(0, 10)));
        Assert.Equal(0, BytesOfFile());
        Assert.All(extents, extent => Assert.Equal(-1, extent.Span.IndexOfAnyExcept((byte)0)));
    }

    [Fact]
    public void ABlockLetGoOfIsPrivateMemoryAgain()
    {
        var arena = new Arena(new ArenaOptions { SpareBlocks = 0 });
        using var file = Create(arena);
        var extent = arena.Allocate(Mebibyte);
        var address = AddressOf(extent);
        Assert.True(IsMapped(address));
        arena.Free(extent);
        Assert.False(IsMapped(address));

        // What was there is an ordinary array's, to be written to as any.
        extent.Span.Fill(1);
        Assert.Equal(0, BytesOfFile());
    }

    [Fact]
    public void AnArenaThatIsCollectedLeavesNothingMapped()
    {
        var address = MapAndForget();
        for (var attempt = 0; attempt < 10 && IsMapped(address); attempt++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(IsMapped(address));
    }

    [Fact]
    public void TheArenaIsUsableAfterTheFileWasClosed()
    {
        var arena = new Arena();
        var file = Create(arena);
        var extent = arena.Allocate(Mebibyte);
        extent.Span.Fill(1);
        file.Dispose();
        Assert.False(FindFile().Any());
        Assert.Equal(-1, extent.Span.IndexOfAnyExcept((byte)1));
        Assert.True(file.Sends(extent));
        var other = arena.Allocate(Block.Size);
        Assert.False(file.Sends(other));
        arena.Free(extent);
        arena.Free(other);
        Assert.False(IsMapped(AddressOf(other)));
    }

    [Fact]
    public void AnArenaHasOneFile()
    {
        var arena = new Arena();
        using var file = Create(arena);
        Assert.Null(RecordFile.TryCreate(arena, out var error));
        Assert.NotEqual(0, error);
        Assert.False(file.Sends(new Arena().Allocate(Mebibyte)));
        Assert.Single(FindFile());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint MapAndForget()
    {
        var arena = new Arena();
        Create(arena).Dispose();
        arena = new Arena();
        _ = Create(arena);
        var address = AddressOf(arena.Allocate(Mebibyte));
        Assert.True(IsMapped(address));
        return address;
    }

    private static RecordFile Create(Arena arena)
    {
        var file = RecordFile.TryCreate(arena, out var error);
        Assert.Equal(0, error);
        return file!;
    }

    private static unsafe nint AddressOf(Extent extent) => (nint)extent.Pointer;

    /// <summary>Whether there is a part of a file in memory at an address (proc_pid_maps(5)).</summary>
    private static bool IsMapped(nint address)
    {
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var range = line[..line.IndexOf(' ', StringComparison.Ordinal)].Split('-');
            if (Parse(range[0]) <= address && address < Parse(range[1]))
            {
                return line.Contains("/memfd:broadside", StringComparison.Ordinal);
            }
        }

        return false;

        static nint Parse(string text) => nint.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private static IEnumerable<int> FindFile() => Directory.GetFileSystemEntries("/proc/self/fd")
        .Where(path => new FileInfo(path).LinkTarget?.StartsWith("/memfd:broadside", StringComparison.Ordinal) == true)
        .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));

    private static unsafe long BytesOfFile()
    {
        // st_blocks, in units of 512 bytes (stat(3type)): at the same place on x86-64 and arm64.
        const int Blocks = 64;
        var status = stackalloc byte[256];
        Assert.Equal(0, GetStatus(FindFile().Single(), status));
        return *(long*)(status + Blocks) * 512;
    }

    [LibraryImport("libc", EntryPoint = "fstat")]
    private static unsafe partial int GetStatus(int file, byte* status);
}
