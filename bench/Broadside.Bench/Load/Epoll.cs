using System.Runtime.InteropServices;

namespace Broadside.Bench.Load;

/// <summary>Edge-triggered readiness of many sockets, each known by an index.</summary>
internal sealed unsafe class Epoll : IDisposable
{
    private const int Capacity = 256;
    private const int Add = 1;
    private const uint Writable = 0x4;
    private const uint PeerClosed = 0x2000;
    private const uint ReadableEdge = 0x1 | PeerClosed | 0x80000000;

    // The kernel packs struct epoll_event on x64 alone: 4 bytes of events, then the index, in 12 bytes there and 16 elsewhere.
    private static readonly int Stride = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = Stride - 8;

    private readonly int _descriptor = Native.EpollCreate(0);
    private readonly byte* _events = (byte*)NativeMemory.AllocZeroed((nuint)(Capacity * Stride));

    public void Watch(int socket, int index, bool untilWritable = false)
    {
        var change = stackalloc byte[Stride];
        *(uint*)change = untilWritable ? ReadableEdge | Writable : ReadableEdge;
        *(long*)(change + DataOffset) = index;
        if (Native.EpollControl(_descriptor, Add, socket, change) < 0)
        {
            throw new IOException($"epoll_ctl failed: error {Marshal.GetLastPInvokeError()}.");
        }
    }

    /// <summary>Waits.</summary>
    /// <returns>How many sockets are ready; <see cref="Index"/> tells which.</returns>
    public int Wait(int milliseconds) => Math.Max(0, Native.EpollWait(_descriptor, _events, Capacity, milliseconds));

    public int Index(int position) => (int)*(long*)(_events + (position * Stride) + DataOffset);

    /// <summary>Whether nothing more will come than what can be received now.</summary>
    public bool HasEnded(int position) => (*(uint*)(_events + (position * Stride)) & PeerClosed) != 0;

    public void Dispose()
    {
        _ = Native.Close(_descriptor);
        NativeMemory.Free(_events);
    }
}
