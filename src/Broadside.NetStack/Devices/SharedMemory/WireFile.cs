using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Broadside.NetStack.Devices;

/// <summary>
/// The file that a wire is in, opened, locked and mapped. A lock on one byte says that side A is taken, one on the next that side B is;
/// a third is held while a side is taken or given up.
/// </summary>
internal sealed unsafe class WireFile : IDisposable
{
    private const long SetupLock = 2;

    private static readonly TimeSpan SetupPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SetupRetry = TimeSpan.FromMilliseconds(5);

    private readonly string _path;
    private readonly SafeFileHandle _file;

    private WireFile(string path, SafeFileHandle file)
    {
        _path = path;
        _file = file;
    }

    public WireRole Role { get; private set; }

    public WireGeometry Geometry { get; private set; }

    public byte* Memory { get; private set; }

    /// <summary>Whether the other side's process lives.</summary>
    public bool IsOtherTaken => SharedMemoryCalls.IsLocked(_file, (long)Role.Other);

    /// <summary>Takes a free side of the wire, which is made if nobody is there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to make it.</param>
    /// <param name="attach">What to do before anybody else can take or give up a side.</param>
    public static WireFile Open(string path, SharedMemoryOptions options, Action<WireFile> attach)
    {
        var number = SharedMemoryCalls.Open(path, options.FileMode);
        if (number < 0)
        {
            throw Failure(path, "it cannot be opened", number);
        }

        var wire = new WireFile(path, new SafeFileHandle(number, ownsHandle: true));
        try
        {
            wire.LockSetup();
            wire.TakeSide();
            wire.Prepare(new(options.MaximumTransmissionUnit, options.SlotCount));
            attach(wire);
            wire.UnlockSetup();
            return wire;
        }
        catch
        {
            wire.Close();
            throw;
        }
    }

    /// <summary>Gives up the side; the last to go leaves the file empty, so that it takes no memory.</summary>
    public void Dispose()
    {
        try
        {
            LockSetup();
            if (!IsOtherTaken)
            {
                _ = SharedMemoryCalls.SetLength(_file, 0);
            }
        }
        catch (DeviceFailedException)
        {
            // Whoever holds that lock makes use of the file.
        }

        Close();
    }

    private static DeviceFailedException Failure(string path, string what, long outcome) =>
        new($"shm:{path}: {what}: {Reason((int)-outcome)}");

    private static string Reason(int error) => error switch
    {
        SharedMemoryCalls.Access or SharedMemoryCalls.NotPermitted =>
            "no permission. Both ends must be run by its owner, or its mode must let them read and write.",
        SharedMemoryCalls.NoSpace or SharedMemoryCalls.QuotaExceeded => "no space is left. Use fewer slots or another file system.",
        SharedMemoryCalls.NoMemory => "no memory is left. Use fewer slots.",
        SharedMemoryCalls.NoEntry => "its directory does not exist.",
        SharedMemoryCalls.ReadOnlyFileSystem => "its file system is read-only.",
        SharedMemoryCalls.NotSupported => "its file system cannot do that. Use /dev/shm.",
        _ => $"{Marshal.GetPInvokeErrorMessage(error)} (error {error}).",
    };

    private DeviceFailedException Failure(string what) => new($"shm:{_path}: {what}.");

    private void LockSetup()
    {
        using var never = new ManualResetEventSlim();
        var start = Stopwatch.GetTimestamp();
        for (var outcome = SharedMemoryCalls.TryLock(_file, SetupLock); outcome < 0; outcome = SharedMemoryCalls.TryLock(_file, SetupLock))
        {
            if (-outcome is not (SharedMemoryCalls.Again or SharedMemoryCalls.Access or SharedMemoryCalls.Interrupted))
            {
                throw Failure(_path, "it cannot be locked", outcome);
            }

            if (Stopwatch.GetElapsedTime(start) > SetupPatience)
            {
                throw Failure("another process has been setting it up for seconds; if it hangs, end it");
            }

            never.Wait(SetupRetry);
        }
    }

    private void UnlockSetup() => _ = SharedMemoryCalls.Unlock(_file, SetupLock);

    private void TakeSide()
    {
        if (SharedMemoryCalls.TryLock(_file, (long)WireRole.A) == 0)
        {
            Role = WireRole.A;
        }
        else if (SharedMemoryCalls.TryLock(_file, (long)WireRole.B) == 0)
        {
            Role = WireRole.B;
        }
        else
        {
            throw Failure("both its ends are in use, and a wire has no third");
        }
    }

    private void Prepare(WireGeometry wanted)
    {
        var length = SharedMemoryCalls.Length(_file);
        if (length < 0)
        {
            throw Failure(_path, "its length cannot be found", length);
        }

        if (IsOtherTaken)
        {
            Join(length);
        }
        else
        {
            Create(wanted, length);
        }
    }

    private void Join(long length)
    {
        var header = ReadHeader(length);
        if (header.Defect(length) is { } defect)
        {
            throw Failure(defect);
        }

        Geometry = header.Geometry;
        Map();
    }

    // Nobody is there: what processes that are dead have left is made anew. But it must be theirs.
    private void Create(WireGeometry geometry, long length)
    {
        if (length > 0 && !ReadHeader(length).HasMagic)
        {
            throw Failure("it is no Broadside wire, and is left as it is: name another file, or remove it");
        }

        Geometry = geometry;
        Require(SharedMemoryCalls.SetLength(_file, 0), "it cannot be emptied");
        try
        {
            // The header is the first there is, so that a file that was not finished is known by it.
            WriteHeader(WireHeader.Of(geometry));
            Require(SharedMemoryCalls.Reserve(_file, geometry.Length), $"its {geometry.Length:N0} bytes cannot be reserved");
            Map();
        }
        catch (DeviceFailedException)
        {
            _ = SharedMemoryCalls.SetLength(_file, 0);
            throw;
        }
    }

    private WireHeader ReadHeader(long length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(WireHeader)];
        bytes.Clear();
        RandomAccess.Read(_file, bytes[..(int)Math.Min(bytes.Length, length)], fileOffset: 0);
        return WireHeader.Read(bytes);
    }

    private void WriteHeader(WireHeader header)
    {
        Span<byte> bytes = stackalloc byte[sizeof(WireHeader)];
        header.Write(bytes);
        try
        {
            RandomAccess.Write(_file, bytes, fileOffset: 0);
        }
        catch (IOException failure)
        {
            throw new DeviceFailedException($"shm:{_path}: its header cannot be written: {failure.Message}", failure);
        }
    }

    private void Map()
    {
        Require(SharedMemoryCalls.Map(_file, Geometry.Length, out var memory), "it cannot be mapped");
        Memory = memory;
    }

    private void Require(int outcome, string what)
    {
        if (outcome < 0)
        {
            throw Failure(_path, what, outcome);
        }
    }

    private void Close()
    {
        if (Memory is not null)
        {
            SharedMemoryCalls.Unmap(Memory, Geometry.Length);
            Memory = null;
        }

        _file.Dispose();
    }
}
