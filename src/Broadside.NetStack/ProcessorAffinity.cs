using System.Runtime.InteropServices;

namespace Broadside.NetStack;

/// <summary>Keeps a thread on one processor, where the system lets a thread ask for it (sched_setaffinity(2)).</summary>
internal static partial class ProcessorAffinity
{
    private const int MaximumProcessors = 1024;

    /// <summary>Pins the calling thread. A preference: a processor the process may not use is ignored, as are other systems than Linux.</summary>
    public static unsafe void PinThread(int? processor)
    {
        if (processor is { } number and >= 0 and < MaximumProcessors && OperatingSystem.IsLinux())
        {
            Span<byte> mask = stackalloc byte[MaximumProcessors / 8];
            mask.Clear();
            mask[number / 8] = (byte)(1 << (number % 8));
            fixed (byte* pointer = mask)
            {
                _ = SetAffinity(0, (nuint)mask.Length, pointer);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static unsafe partial int SetAffinity(int thread, nuint length, byte* mask);
}
