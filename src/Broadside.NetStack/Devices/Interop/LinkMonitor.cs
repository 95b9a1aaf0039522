using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices.Interop;

/// <summary>
/// What the kernel says of an interface, and news of it: a netlink socket in the group RTMGRP_LINK (rtnetlink(7)) tells that something
/// has changed, and ioctls (netdevice(7)) what is so now. It stays in the network namespace that it was made in.
/// </summary>
internal sealed unsafe class LinkMonitor : IDisposable
{
    private const int FamilyNetlink = 16;
    private const int ProtocolRoute = 0;
    private const uint GroupLink = 1;

    private const nuint GetName = 0x8910;
    private const nuint GetFlags = 0x8913;
    private const nuint GetMtu = 0x8921;
    private const nuint GetHardwareAddress = 0x8927;
    private const nuint GetIndex = 0x8933;

    private const short FlagUp = 0x1;
    private const short FlagRunning = 0x40;
    private const ushort HardwareEthernet = 1;

    private readonly Descriptor _socket;
    private readonly string _device;

    /// <param name="device">The device, as users write it.</param>
    /// <param name="interfaceName">Its interface.</param>
    /// <exception cref="DeviceFailedException">There is no such interface.</exception>
    public LinkMonitor(string device, string interfaceName)
    {
        _device = device;
        InterfaceName = interfaceName;
        var socket = SystemCalls.Socket(FamilyNetlink, SystemCalls.SocketTypeRaw, ProtocolRoute);
        _socket = socket >= 0
            ? new Descriptor(socket)
            : throw new DeviceFailedException($"{device}: no netlink socket can be opened: {Errno.Describe(-socket)}.");
        try
        {
            Index = FindIndex();
            Subscribe();
            Refresh();
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public string InterfaceName { get; }

    public int Index { get; }

    /// <summary>Tells interfaces of the same number apart that are in different network namespaces; zero before Linux 5.14.</summary>
    public ulong NamespaceCookie
    {
        get
        {
            const int Option = 71;
            ulong cookie = 0;
            _ = SystemCalls.GetOption(_socket.Number, SystemCalls.LevelSocket, Option, &cookie, sizeof(ulong));
            return cookie;
        }
    }

    /// <summary>What becomes readable when there is news.</summary>
    public int File => _socket.Number;

    /// <summary>Whether the interface has been set up; a cable or a peer may be missing all the same.</summary>
    public bool IsEnabled { get; private set; }

    public bool IsUp { get; private set; }

    /// <summary>Whether the interface has been removed, which is for good.</summary>
    public bool IsGone { get; private set; }

    public bool IsEthernet { get; private set; }

    public MacAddress MacAddress { get; private set; }

    public int MaximumTransmissionUnit { get; private set; }

    /// <summary>Watches an interface that must be an Ethernet's and set up.</summary>
    /// <exception cref="DeviceFailedException">It is not.</exception>
    public static LinkMonitor OfEthernet(string device, string interfaceName)
    {
        var link = new LinkMonitor(device, interfaceName);
        var obstacle = !link.IsEthernet ? "is no Ethernet interface; TUN interfaces are opened as tun:IFNAME."
            : !link.IsEnabled ? $"is down: set it up (ip link set {interfaceName} up)."
            : null;
        if (obstacle is null)
        {
            return link;
        }

        link.Dispose();
        throw new DeviceFailedException($"{device}: the interface {interfaceName} {obstacle}");
    }

    /// <summary>Reads what is so now.</summary>
    public void Refresh()
    {
        // By its number, as an interface may be given another name.
        var request = new InterfaceRequest { Value = Index };
        IsGone = SystemCalls.Control(_socket.Number, GetName, &request) < 0 || !TryReadFlags(ref request);
        if (IsGone)
        {
            IsEnabled = false;
            IsUp = false;
            return;
        }

        if (SystemCalls.Control(_socket.Number, GetMtu, &request) >= 0)
        {
            MaximumTransmissionUnit = request.Value;
        }

        if (SystemCalls.Control(_socket.Number, GetHardwareAddress, &request) >= 0)
        {
            IsEthernet = request.HardwareType == HardwareEthernet;
            MacAddress = IsEthernet ? MacAddress.Read(new ReadOnlySpan<byte>(request.HardwareAddress, MacAddress.Length)) : default;
        }
    }

    /// <summary>Takes the news, of whatever interface, and reads what is so now.</summary>
    public void TakeNews()
    {
        const int Length = 4096;
        var bytes = stackalloc byte[Length];
        int outcome;
        do
        {
            outcome = SystemCalls.Receive(_socket.Number, bytes, Length);
        }
        while (outcome >= 0 || outcome == -Errno.NoBuffers || outcome == -Errno.Interrupted);

        Refresh();
    }

    /// <exception cref="DeviceFailedException">The interface has been removed.</exception>
    public void ThrowIfGone()
    {
        if (IsGone)
        {
            throw new DeviceFailedException(
                $"{_device}: the interface {InterfaceName} has been removed. Make it again and open the device again.");
        }
    }

    public void Dispose() => _socket.Dispose();

    private int FindIndex()
    {
        var request = new InterfaceRequest(InterfaceName);
        return InterfaceName.Length is > 0 and <= InterfaceRequest.MaximumNameLength
            && SystemCalls.Control(_socket.Number, GetIndex, &request) >= 0
            ? request.Value
            : throw new DeviceFailedException(
                $"{_device}: there is no interface '{InterfaceName}' in this network namespace; 'ip link' shows which there are.");
    }

    private void Subscribe()
    {
        var address = new NetlinkAddress { Family = FamilyNetlink, Groups = GroupLink };
        var outcome = SystemCalls.Bind(_socket.Number, &address, sizeof(NetlinkAddress));
        if (outcome < 0)
        {
            throw new DeviceFailedException($"{_device}: news of interfaces cannot be had from netlink: {Errno.Describe(-outcome)}.");
        }
    }

    private bool TryReadFlags(ref InterfaceRequest request)
    {
        fixed (InterfaceRequest* pointer = &request)
        {
            if (SystemCalls.Control(_socket.Number, GetFlags, pointer) < 0)
            {
                return false;
            }
        }

        IsEnabled = (request.Flags & FlagUp) != 0;
        IsUp = IsEnabled && (request.Flags & FlagRunning) != 0;
        return true;
    }
}
