using System.Runtime.InteropServices;

namespace Broadside.NetStack.Devices.Interop;

/// <content>BPF programs, and memory that is locked.</content>
internal static unsafe partial class SystemCalls
{
    private const int LockedMemory = 8;

    private static readonly nint BpfNumber = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 280 : 321;

    /// <summary>bpf(2): a descriptor, or zero.</summary>
    public static int Bpf<T>(BpfCommand command, ref T attributes)
        where T : unmanaged
    {
        fixed (T* pointer = &attributes)
        {
            return Outcome(Call(BpfNumber, (nint)command, (nint)pointer, sizeof(T)));
        }
    }

    /// <summary>Lets the process lock as much memory as it may; false if it may not lock more than before.</summary>
    public static bool TryRaiseLockedMemory()
    {
        var unlimited = new ResourceLimit { Soft = nuint.MaxValue, Hard = nuint.MaxValue };
        if (SetResourceLimit(LockedMemory, unlimited) == 0)
        {
            return true;
        }

        return GetResourceLimit(LockedMemory, out var limit) == 0
            && limit.Soft < limit.Hard
            && SetResourceLimit(LockedMemory, limit with { Soft = limit.Hard }) == 0;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Call(nint number, nint first, nint second, nint third);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetResourceLimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetResourceLimit(int resource, in ResourceLimit limit);
}
