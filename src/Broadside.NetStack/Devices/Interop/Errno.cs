using System.Runtime.InteropServices;

namespace Broadside.NetStack.Devices.Interop;

/// <summary>Linux error numbers (asm-generic/errno.h), those that devices tell apart.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int InputOutput = 5;
    public const int NoDeviceOrAddress = 6;
    public const int ArgumentsTooLong = 7;
    public const int BadFile = 9;
    public const int Again = 11;
    public const int NoMemory = 12;
    public const int Access = 13;
    public const int Busy = 16;
    public const int Exists = 17;
    public const int NoDevice = 19;
    public const int Invalid = 22;
    public const int FileTableFull = 23;
    public const int TooManyFiles = 24;
    public const int OutOfRange = 34;
    public const int NoSystemCall = 38;
    public const int BadFileState = 77;
    public const int MessageSize = 90;
    public const int NotSupported = 95;
    public const int AddressFamily = 97;
    public const int NetworkDown = 100;
    public const int NoBuffers = 105;

    /// <summary>An error in words, with its number.</summary>
    public static string Describe(int error) => $"{Marshal.GetPInvokeErrorMessage(error)} (error {error})";
}
