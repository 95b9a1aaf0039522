using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Broadside.NetStack.Wire;
using Broadside.PacketScripts.Parsing;

namespace Broadside.PacketScripts.Running;

/// <summary>What a script's options and first commands say.</summary>
internal sealed record ScriptConfiguration
{
    private const string DefaultLocalAddress = "192.168.0.1";
    private const string DefaultRemoteAddress = "192.0.2.1";
    private const string DefaultLocalAddress6 = "fd3d:fa7b:d17d::1";
    private const string DefaultRemoteAddress6 = "2001:db8::1";

    /// <summary>The port that bind gets.</summary>
    public ushort BindPort { get; init; } = 8080;

    /// <summary>The port that connect goes to.</summary>
    public ushort ConnectPort { get; init; } = 8080;

    /// <summary>How far events may be off.</summary>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromMilliseconds(4);

    /// <summary>How far, in relation to the time since the event before; the larger of both counts.</summary>
    public double ToleranceFraction { get; init; } = 0.125;

    /// <summary>How long a tick of the timestamp clock is; zero where timestamps are not compared.</summary>
    public TimeSpan TimestampTick { get; init; }

    /// <summary>Whether echoes of timestamps never sent are computed from others.</summary>
    public bool ScalesTimestampEchoes { get; init; }

    /// <summary>Whether an outbound packet has to be one, not several that together are it.</summary>
    public bool StrictSegments { get; init; }

    /// <summary>Flags that are not compared.</summary>
    public TcpFlags IgnoredFlags { get; init; }

    public required StackSettings Stack { get; init; }

    public IPEndPoint Local => new(Stack.LocalAddress, BindPort);

    public IPEndPoint Remote => new(Stack.RemoteAddress, ConnectPort);

    public static ScriptConfiguration From(Script script)
    {
        var isIPv6 = script.Options.LastOrDefault(option => option.Name == "ip_version")?.Value == "ipv6";
        var configuration = new ScriptConfiguration
        {
            Stack = new()
            {
                LocalAddress = IPAddress.Parse(isIPv6 ? DefaultLocalAddress6 : DefaultLocalAddress),
                RemoteAddress = IPAddress.Parse(isIPv6 ? DefaultRemoteAddress6 : DefaultRemoteAddress),
            },
        };
        configuration = script.Options.Aggregate(configuration, (current, option) => current.With(option));
        var stack = script.Setup.Aggregate(configuration.Stack, StackControls.Apply);
        return stack.LocalAddress.AddressFamily == stack.RemoteAddress.AddressFamily
            ? configuration with { Stack = stack }
            : throw new ScriptSyntaxException(new(1, 1), "the local and the remote address are of different families");
    }

    private ScriptConfiguration With(ScriptOption option)
    {
        try
        {
            return WithValue(option, option.Value ?? "");
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw new ScriptSyntaxException(new(option.Line, 1), $"--{option.Name}={option.Value}: {exception.Message}");
        }
    }

    private ScriptConfiguration WithValue(ScriptOption option, string value)
    {
        switch (option.Name)
        {
            case "bind_port":
                return this with { BindPort = ushort.Parse(value, CultureInfo.InvariantCulture) };
            case "connect_port":
                return this with { ConnectPort = ushort.Parse(value, CultureInfo.InvariantCulture) };
            case "local_ip":
                return this with { Stack = Stack with { LocalAddress = Address(value) } };
            case "remote_ip":
                return this with { Stack = Stack with { RemoteAddress = Address(value) } };
            case "mtu":
                return this with { Stack = Stack with { MaximumTransmissionUnit = ushort.Parse(value, CultureInfo.InvariantCulture) } };
            case "tolerance_usecs":
                return this with { Tolerance = TimeSpan.FromMicroseconds(uint.Parse(value, CultureInfo.InvariantCulture)) };
            case "tolerance_percent":
                return this with { ToleranceFraction = double.Parse(value, CultureInfo.InvariantCulture) / 100 };
            case "tcp_ts_tick_usecs":
                return this with { TimestampTick = TimeSpan.FromMicroseconds(uint.Parse(value, CultureInfo.InvariantCulture)) };
            case "tcp_ts_ecr_scaled":
                return this with { ScalesTimestampEchoes = true };
            case "strict_segments":
                return this with { StrictSegments = true };
            case "ignore_push":
                return this with { IgnoredFlags = TcpFlags.Psh };
            case "ip_version" when value is "ipv4" or "ipv6" or "ipv4-mapped-ipv6":
            case "mss" or "speed" or "gateway_ip" or "netmask_ip" or "init_scripts" or "define" or "verbose" or "debug" or "send_omit_free" or "ignore_code":
                return this;
            default:
                throw new ScriptUnsupportedException(option.Line, $"the option --{option.Name}");
        }
    }

    // A prefix length may follow; the interface has one address only.
    private static IPAddress Address(string value)
    {
        var address = IPAddress.Parse(value.Split('/')[0]);
        return address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 ? address
            : throw new FormatException("neither IPv4 nor IPv6");
    }
}
