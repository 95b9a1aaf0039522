using System.Globalization;
using Broadside.NetStack.Devices;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broadside.NetStack.Interop.Harness;

/// <summary>A channel over a stack and a device, and the kernel at the other end of its link, each in a namespace of its own.</summary>
internal sealed class InteropLink : IDisposable
{
    private const string Interface = "bs0";
    private const int PcapHeaderLength = 24;

    private readonly List<NetworkNamespace> _spaces = [];
    private readonly List<IDisposable> _owned = [];
    private readonly DirectoryInfo _captures = Directory.CreateTempSubdirectory("broadside-interop-");
    private readonly LinkOptions _options;
    private readonly NetworkNamespace _space;
    private readonly NetworkNamespace _neighbor;
    private readonly NetStackBackend _backend;
    private readonly Extent _noise;

    public InteropLink(LinkOptions options)
    {
        _options = options;
        try
        {
            (_space, _neighbor) = CreateLink();
            KernelSpace = options.NarrowUnit is { } unit ? Routers.Add(_neighbor, unit, _spaces) : _neighbor;
            KernelSpace.Execute("sysctl", "-qw net.ipv4.tcp_fin_timeout=5 " + options.Sysctl);
            _backend = new NetStackBackend(_ => new NetworkAttachment(Open, StackOptions));
            Channel = _backend.CreateChannel(new ChannelSettings(0, Arena, NullLogger.Instance, TimeProvider.System));
            Channel.Start();
            _noise = Arena.Allocate(Noise.Period);
            Noise.Bytes.CopyTo(_noise.Span);
        }
        catch
        {
            RemoveSpaces();
            _captures.Delete(true);
            throw;
        }
    }

    public NetworkNamespace KernelSpace { get; }

    public IoChannel Channel { get; }

    public Arena Arena { get; } = new(new ArenaOptions { Diagnostics = true });

    /// <summary>The faults on the path, where there are any.</summary>
    public FaultInjection? Faults { get; private set; }

    private static NetStackOptions StackOptions => new()
    {
        Device = "given",
        Addresses = [NetStackAddress.Parse("10.9.0.2/24"), NetStackAddress.Parse("fd09::2/64")],
        Gateway = IPAddress.Parse("10.9.0.1"),
        Routes = [new NetStackRoute(IPNetwork.Parse("::/0"), IPAddress.Parse("fd09::1"))],
    };

    public static IPAddress OurAddress(bool isIPv6) => IPAddress.Parse(isIPv6 ? "fd09::2" : "10.9.0.2");

    public IPAddress KernelsAddress(bool isIPv6) => (isIPv6, _options.NarrowUnit) switch
    {
        (false, null) => IPAddress.Parse("10.9.0.1"),
        (true, null) => IPAddress.Parse("fd09::1"),
        (false, _) => Routers.KernelsIPv4,
        _ => Routers.KernelsIPv6,
    };

    /// <summary>Runs something on the channel's thread.</summary>
    public Task<T> Run<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(Channel.Post(new ActionWork(() =>
        {
            try
            {
                done.SetResult(function());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        })));
        return done.Task;
    }

    public Task Run(Action action) => Run(() =>
    {
        action();
        return true;
    });

    /// <summary>Something whose memory the stack may refer to as long as it is there.</summary>
    public T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    /// <summary>How often the kernel at the other end of the stack's link has said that a packet is too big.</summary>
    public long CountTooBig(bool isIPv6) => isIPv6
        ? Count(_neighbor, "/proc/net/snmp6", "Icmp6OutPktTooBigs")
        : Count(_neighbor, "/proc/net/snmp", "OutDestUnreachs");

    /// <summary>How many packets of an ECN-capable transport (RFC 3168) the kernel has got.</summary>
    public long CountCapable() => Count(KernelSpace, "/proc/net/netstat", "InECT0Pkts");

    /// <summary>An end of a connection that is to send so much.</summary>
    public StackEnd NewEnd(long toSend = 0, bool staysOpen = false) => new(_noise, toSend) { StaysOpen = staysOpen };

    /// <summary>Has the stack listen; the endpoint.</summary>
    public Task<IPEndPoint> Listen(IConnectionAcceptor acceptor, bool isIPv6 = false) => Run(() =>
        (IPEndPoint)Channel.Listen(new IPEndPoint(OurAddress(isIPv6), 0), new ListenOptions { Backlog = 4096 }, acceptor).LocalEndPoint);

    /// <summary>Has the stack connect to a listening socket of the kernel's.</summary>
    public async Task Connect(StackEnd end, Socket listener)
    {
        var endPoint = (IPEndPoint)listener.LocalEndPoint!;
        await UntilUsable(endPoint.AddressFamily == AddressFamily.InterNetworkV6);
        await Run(() => Channel.Connect(endPoint, new ConnectOptions(), end));
        await end.Connected.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Until others had the time to object to an address of IPv6, it cannot be used (RFC 4862 section 5.4).</summary>
    public async Task UntilUsable(bool isIPv6)
    {
        var address = Wire.NetworkAddress.From(OurAddress(isIPv6));
        var stack = (NetStackChannel)Channel;
        while (!await Run(() => stack.Stack.Network.IsLocal(address)))
        {
            await Task.Delay(20);
        }
    }

    public Socket KernelListen(bool isIPv6 = false) => KernelEnd.Listen(KernelSpace, new IPEndPoint(KernelsAddress(isIPv6), 0));

    public void Dispose()
    {
        Channel.StopAsync().GetAwaiter().GetResult();
        _backend.Dispose();
        Arena.Free(_noise);
        _owned.ForEach(owned => owned.Dispose());
        RemoveSpaces();
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
        {
            Console.WriteLine($"{TestContext.Current.Test?.TestDisplayName}: packets captured in {_captures.FullName}");
        }
        else
        {
            _captures.Delete(true);
        }

        Assert.Empty(Arena.Outstanding());
    }

    // In some files a value is behind its name, in others below it.
    private static long Count(NetworkNamespace space, string file, string name)
    {
        string[]? names = null;
        foreach (var line in space.Execute("cat", file).Split('\n'))
        {
            var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields is [var only, var value] && only == name)
            {
                return long.Parse(value, CultureInfo.InvariantCulture);
            }

            if (names is not null)
            {
                return long.Parse(fields[Array.IndexOf(names, name)], CultureInfo.InvariantCulture);
            }

            names = fields.Contains(name) ? fields : null;
        }

        throw new InvalidOperationException($"The kernel does not count {name}.");
    }

    private (NetworkNamespace Ours, NetworkNamespace Neighbor) CreateLink()
    {
        if (_options.Kind == "tun")
        {
            var space = NetworkNamespace.Create(hasIPv6: true);
            _spaces.Add(space);
            space.Ip($"tuntap add {Interface} mode tun");
            space.Ip($"link set {Interface} txqueuelen 5000");
            Prepare(space);
            return (space, space);
        }

        var (ours, neighbor) = NetworkNamespace.CreatePair(Interface, hasIPv6: true);
        _spaces.AddRange([ours, neighbor]);
        ours.Ip($"link set {Interface} mtu {_options.MaximumTransmissionUnit}");
        if (_options.Kind == "xdp")
        {
            neighbor.Execute("ethtool", $"-K {Interface} tx off");
        }

        Prepare(neighbor);
        return (ours, neighbor);
    }

    private void Prepare(NetworkNamespace neighbor)
    {
        neighbor.Ip($"link set {Interface} mtu {_options.MaximumTransmissionUnit}");
        neighbor.Ip($"address add 10.9.0.1/24 dev {Interface}");
        if (_options.MaximumTransmissionUnit >= 1280)
        {
            neighbor.Ip($"address add fd09::1/64 dev {Interface} nodad");
        }

        neighbor.Ip($"link set {Interface} up");
    }

    private PacketDevice Open()
    {
        var device = _space.Run(() => DeviceAddress.Parse($"{_options.Kind}:{Interface}").Open());
        while (!device.IsUp)
        {
            device.Wait(TimeSpan.FromMilliseconds(100), forRoom: false);
        }

        if (_options.Faults is { } faults)
        {
            var seed = Random.Shared.Next();
            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
            device = Faults = new FaultInjection(device, faults, faults, new Random(seed), TimeProvider.System);
        }

        var file = new RollingFile(Path.Combine(_captures.FullName, "stack"), PcapHeaderLength);
        return new PcapWriter(device, file, TimeProvider.System);
    }

    private void RemoveSpaces() => _spaces.ForEach(space => space.Dispose());
}
