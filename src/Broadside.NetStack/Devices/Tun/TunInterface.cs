using Broadside.NetStack.Devices.Interop;

namespace Broadside.NetStack.Devices;

/// <summary>Opens a queue of a TUN interface and says why where it cannot.</summary>
internal static unsafe class TunInterface
{
    private const string Path = "/dev/net/tun";

    private const nuint SetInterface = 0x4004_54CA;
    private const nuint SetOffload = 0x4004_54D0;

    private const short Tun = 0x0001;
    private const short MultiQueue = 0x0100;
    private const short NoPacketInformation = 0x1000;
    private const short VirtioNetHeader = 0x4000;

    // Checksums, TCP over IPv4 and TCP over IPv6.
    private const nint Offloads = 0x01 | 0x02 | 0x04;

    /// <param name="device">The device, as users write it.</param>
    /// <param name="interfaceName">The interface; where it is a pattern, the name the kernel has chosen.</param>
    /// <param name="multiQueue">Whether the interface has several queues.</param>
    public static Descriptor Open(string device, ref string interfaceName, bool multiQueue)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new DeviceFailedException($"{device}: TUN interfaces are a facility of Linux.");
        }

        if (interfaceName.Length is 0 or > InterfaceRequest.MaximumNameLength)
        {
            throw new DeviceFailedException(
                $"{device}: an interface's name has 1 to {InterfaceRequest.MaximumNameLength} characters.");
        }

        var number = SystemCalls.Open(Path);
        var file = number >= 0 ? new Descriptor(number) : throw new DeviceFailedException($"{device}: {ExplainOpen(-number)}");
        try
        {
            var request = new InterfaceRequest(interfaceName) { Flags = Tun | NoPacketInformation | VirtioNetHeader };
            request.Flags |= multiQueue ? MultiQueue : (short)0;
            var outcome = SystemCalls.Control(file.Number, SetInterface, &request);
            if (outcome < 0)
            {
                throw new DeviceFailedException($"{device}: {ExplainAttach(-outcome, interfaceName, multiQueue)}");
            }

            interfaceName = request.Name;
            outcome = SystemCalls.Control(file.Number, SetOffload, (void*)Offloads);
            return outcome >= 0
                ? file
                : throw new DeviceFailedException(
                    $"{device}: the kernel's TUN driver cannot leave checksums and segments to us: {Errno.Describe(-outcome)}.");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>What it means that the driver's file cannot be opened.</summary>
    public static string ExplainOpen(int error) => error switch
    {
        Errno.NoEntry =>
            $"there is no {Path}. Load the driver (modprobe tun); in a container pass the device on (--device {Path}), or make it: " +
            $"mkdir -p /dev/net && mknod {Path} c 10 200.",
        Errno.NoDevice or Errno.NoDeviceOrAddress => "the kernel has no TUN driver: load it (modprobe tun; kernel option CONFIG_TUN).",
        Errno.NotPermitted or Errno.Access =>
            $"{Path} may not be opened by this user, or its container's device rules forbid it: run as root, chmod 666 {Path}, or pass " +
            "the device on.",
        Errno.TooManyFiles or Errno.FileTableFull => "there is no descriptor left: raise RLIMIT_NOFILE (ulimit -n).",
        _ => $"{Path} cannot be opened: {Errno.Describe(error)}.",
    };

    /// <summary>What it means that an interface cannot be had.</summary>
    public static string ExplainAttach(int error, string interfaceName, bool multiQueue) => error switch
    {
        Errno.NotPermitted =>
            "making or using a TUN interface needs the capability CAP_NET_ADMIN: run as root, give it (setcap cap_net_admin+ep), or make " +
            $"the interface for this user beforehand: ip tuntap add {interfaceName} mode tun user $USER.",
        Errno.Busy => $"the interface {interfaceName} is in use by another process; end that one or choose another name.",
        Errno.Invalid =>
            $"the interface {interfaceName} is no TUN interface, or was made {(multiQueue ? "without" : "with")} several queues. " +
            $"Remove it (ip link delete {interfaceName}) and it will be made anew, or choose another name.",
        Errno.ArgumentsTooLong => $"the interface {interfaceName} has as many queues as it can have.",
        _ => $"the interface {interfaceName} cannot be had: {Errno.Describe(error)}.",
    };
}
