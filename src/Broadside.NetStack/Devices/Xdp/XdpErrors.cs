using Broadside.NetStack.Devices.Interop;

namespace Broadside.NetStack.Devices;

/// <summary>What the kernel's refusals mean for an XDP device, and how to mend them.</summary>
internal static class XdpErrors
{
    /// <summary>There is no socket.</summary>
    public static string ExplainSocket(int error) => error switch
    {
        Errno.NotPermitted or Errno.Access =>
            "XDP sockets need the capability CAP_NET_RAW: run as root, or give the program what it needs " +
            "(setcap cap_net_raw,cap_net_admin,cap_bpf+ep).",
        Errno.AddressFamily => "the kernel has no XDP sockets (kernel option CONFIG_XDP_SOCKETS); packet:IFNAME works without.",
        Errno.TooManyFiles or Errno.FileTableFull => "there is no descriptor left: raise RLIMIT_NOFILE (ulimit -n).",
        _ => $"an XDP socket cannot be had: {Errno.Describe(error)}.",
    };

    /// <summary>The memory of frames is refused.</summary>
    public static string ExplainMemory(int error, long length) => error switch
    {
        Errno.NoBuffers or Errno.NoMemory =>
            $"the {length >> 20} MiB of its frames cannot be locked: raise RLIMIT_MEMLOCK (ulimit -l unlimited; systemd: " +
            "LimitMEMLOCK=infinity), or give the capability CAP_IPC_LOCK.",
        _ => $"the memory of its frames is refused: {Errno.Describe(error)}.",
    };

    /// <summary>The socket is not bound to the queue.</summary>
    public static string ExplainBind(int error, string interfaceName, int queue) => error switch
    {
        Errno.Invalid =>
            $"the interface {interfaceName} has no queue {queue}; 'ethtool -l {interfaceName}' shows which there are.",
        Errno.Busy =>
            $"queue {queue} of the interface {interfaceName} is in use by another XDP socket; end that or choose another queue.",
        Errno.NetworkDown => $"the interface {interfaceName} is down: set it up (ip link set {interfaceName} up).",
        Errno.NotSupported => $"the driver of the interface {interfaceName} has no XDP sockets; packet:{interfaceName} works without.",
        _ => $"queue {queue} of the interface {interfaceName} cannot be had: {Errno.Describe(error)}.",
    };

    /// <summary>The program is not attached.</summary>
    public static string ExplainProgram(int error, string interfaceName) => error switch
    {
        Errno.NotPermitted =>
            "loading and attaching an XDP program needs the capabilities CAP_BPF and CAP_NET_ADMIN: run as root, or give the program " +
            "what it needs (setcap cap_net_raw,cap_net_admin,cap_bpf+ep). Kernels before 5.11 also need RLIMIT_MEMLOCK raised " +
            "(ulimit -l unlimited).",
        Errno.Busy or Errno.Exists =>
            $"another XDP program is attached to the interface {interfaceName}: end the process that did so, or remove it " +
            $"(ip link set dev {interfaceName} xdp off).",
        Errno.OutOfRange or Errno.Invalid =>
            $"the driver of the interface {interfaceName} takes no XDP program as it is set up: its MTU, or for a veth its peer's, is " +
            $"too large (ip link set {interfaceName} mtu 1500), or segments are joined in hardware (ethtool -K {interfaceName} lro off).",
        Errno.NotSupported => $"the interface {interfaceName} can have no XDP program; packet:{interfaceName} works without.",
        Errno.NoSystemCall => "the kernel has no bpf(2) (kernel option CONFIG_BPF_SYSCALL), or a seccomp filter hides it.",
        _ => $"no XDP program can be attached to the interface {interfaceName}: {Errno.Describe(error)}. Linux 5.9 or later is needed.",
    };
}
