using System.Net.NetworkInformation;
using Broadside.NetStack.Devices;

namespace Broadside.NetStack;

/// <summary>The addresses that the kernel has on a device's interface.</summary>
internal static class InterfaceAddresses
{
    /// <exception cref="DeviceFailedException">The stack cannot have them, or there are none.</exception>
    public static IReadOnlyList<NetStackAddress> Of(DeviceAddress device)
    {
        if (device.Kind != DeviceKind.Xdp)
        {
            throw new DeviceFailedException(
                $"{device}: give the stack an address of its own. Only on an xdp device it can have the kernel's, which no longer gets the packets.");
        }

        var named = NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(candidate => candidate.Name == device.Target)
            ?? throw new DeviceFailedException($"{device}: there is no interface {device.Target}; ip link lists those that there are.");
        NetStackAddress[] addresses =
        [
            .. named.GetIPProperties().UnicastAddresses
                .Where(own => !own.Address.IsIPv6LinkLocal)
                .Select(own => new NetStackAddress(own.Address, own.PrefixLength)),
        ];
        return addresses.Length > 0
            ? addresses
            : throw new DeviceFailedException($"{device}: {device.Target} has no address; give the stack one of its own.");
    }
}
