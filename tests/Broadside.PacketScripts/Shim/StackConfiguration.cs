using System.Net;
using System.Net.Sockets;
using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tcp.Congestion;
using Broadside.NetStack.Tcp.Recovery;
using Broadside.NetStack.Wire;
using Broadside.PacketScripts.Running;

namespace Broadside.PacketScripts.Shim;

/// <summary>What a script sets, in the stack's own terms. What the stack cannot do skips the script.</summary>
internal static class StackConfiguration
{
    private const int PrefixLengthIPv4 = 24;
    private const int PrefixLengthIPv6 = 64;

    public static NetworkOptions NetworkOptions(StackSettings settings) => new()
    {
        Addresses = [new(NetworkAddress.From(settings.LocalAddress), PrefixLength(settings.LocalAddress))],
        Routes = [new(IsIPv4(settings.LocalAddress) ? NetworkPrefix.AllIPv4 : NetworkPrefix.AllIPv6, null)],
        FormLinkLocalAddress = false,
        DuplicateAddressDetectionTransmits = 0,
        Random = new(1),
    };

    public static TcpSettings TcpSettings(StackSettings settings)
    {
        RequireSupported(settings);
        var defaults = new TcpSettings();
        return defaults with
        {
            Timestamps = settings.Timestamps ?? defaults.Timestamps,
            SelectiveAcknowledgments = settings.Sack ?? defaults.SelectiveAcknowledgments,
            WindowScaling = settings.WindowScaling ?? defaults.WindowScaling,
            Ecn = settings.Ecn switch
            {
                0 => EcnNegotiation.Never,
                1 => EcnNegotiation.Always,
                2 => EcnNegotiation.WhenAsked,
                _ => defaults.Ecn,
            },
            CongestionAlgorithm = settings.CongestionControl is { } name ? Algorithm(name) : defaults.CongestionAlgorithm,
            InitialReceiveBuffer = settings.ReceiveBuffer?.Default ?? defaults.InitialReceiveBuffer,
            MaximumReceiveBuffer = settings.ReceiveBuffer?.Maximum ?? defaults.MaximumReceiveBuffer,
            SynCookies = settings.SynCookies ?? defaults.SynCookies,
            SynRetries = settings.SynRetries ?? defaults.SynRetries,
            SynAckRetries = settings.SynAckRetries ?? defaults.SynAckRetries,
            RetransmissionLimit = settings.Retries ?? defaults.RetransmissionLimit,
            FinWait2Timeout = settings.FinTimeout ?? defaults.FinWait2Timeout,
            Recovery = defaults.Recovery with
            {
                SlowStartAfterIdle = settings.SlowStartAfterIdle ?? defaults.Recovery.SlowStartAfterIdle,
                InitialWindowSegments = settings.InitialCongestionWindow,
                TailLossProbes = settings.TailLossProbe ?? defaults.Recovery.TailLossProbes,
            },
        };
    }

    public static KeepAliveOptions KeepAlive(StackSettings settings)
    {
        var defaults = new KeepAliveOptions();
        return new()
        {
            Idle = settings.KeepAliveIdle ?? defaults.Idle,
            Interval = settings.KeepAliveInterval ?? defaults.Interval,
            Probes = settings.KeepAliveCount ?? defaults.Probes,
        };
    }

    public static CongestionAlgorithm Algorithm(string name) => name == "reno" ? CongestionAlgorithm.Reno : CongestionAlgorithm.Cubic;

    private static void RequireSupported(StackSettings settings)
    {
        var missing = settings.DuplicateSack == false ? "SACK without duplicate SACK"
            : settings.Rack == false ? "recovery without RACK"
            : settings.ReorderingThreshold is not (null or 3) ? "a threshold of duplicate acknowledgments"
            : settings.ForwardRtoRecovery == false ? "recovery without F-RTO"
            : settings.ChallengeAckLimit is < 1000 ? "a limit to all challenge ACKs"
            : null;
        if (missing is not null)
        {
            throw new ScriptUnsupportedException(1, missing);
        }
    }

    private static int PrefixLength(IPAddress address) => IsIPv4(address) ? PrefixLengthIPv4 : PrefixLengthIPv6;

    private static bool IsIPv4(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork;
}
