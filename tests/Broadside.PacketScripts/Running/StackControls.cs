using System.Globalization;
using System.Text.RegularExpressions;
using Broadside.PacketScripts.Parsing;

namespace Broadside.PacketScripts.Running;

/// <summary>Finds in shell commands what they set of Linux's net.ipv4.tcp_* controls, and applies it to the stack's settings.</summary>
internal static partial class StackControls
{
    private delegate StackSettings Setter(StackSettings settings, string value);

    private static readonly Dictionary<string, Setter> Known = new()
    {
        ["tcp_timestamps"] = (settings, value) => settings with { Timestamps = Switch(value) },
        ["tcp_sack"] = (settings, value) => settings with { Sack = Switch(value) },
        ["tcp_dsack"] = (settings, value) => settings with { DuplicateSack = Switch(value) },
        ["tcp_window_scaling"] = (settings, value) => settings with { WindowScaling = Switch(value) },
        ["tcp_ecn"] = (settings, value) => Number(value) is >= 0 and <= 2 and var ecn
            ? settings with { Ecn = ecn }
            : throw new FormatException("accurate ECN"),
        ["tcp_congestion_control"] = (settings, value) => value is "reno" or "cubic"
            ? settings with { CongestionControl = value }
            : throw new FormatException($"congestion control {value}"),
        ["tcp_rmem"] = (settings, value) => settings with { ReceiveBuffer = Limits(value) },
        ["tcp_wmem"] = (settings, value) => settings with { SendBuffer = Limits(value) },
        ["tcp_early_retrans"] = (settings, value) => settings with { TailLossProbe = Number(value) >= 3 },
        ["tcp_recovery"] = (settings, value) => settings with { Rack = (Number(value) & 1) != 0 },
        ["tcp_reordering"] = (settings, value) => settings with { ReorderingThreshold = Number(value) },
        ["tcp_frto"] = (settings, value) => settings with { ForwardRtoRecovery = Switch(value) },
        ["tcp_slow_start_after_idle"] = (settings, value) => settings with { SlowStartAfterIdle = Switch(value) },
        ["tcp_syncookies"] = (settings, value) => settings with { SynCookies = Switch(value) },
        ["tcp_syn_retries"] = (settings, value) => settings with { SynRetries = Number(value) },
        ["tcp_synack_retries"] = (settings, value) => settings with { SynAckRetries = Number(value) },
        ["tcp_retries2"] = (settings, value) => settings with { Retries = Number(value) },
        ["tcp_keepalive_time"] = (settings, value) => settings with { KeepAliveIdle = Seconds(value) },
        ["tcp_keepalive_intvl"] = (settings, value) => settings with { KeepAliveInterval = Seconds(value) },
        ["tcp_keepalive_probes"] = (settings, value) => settings with { KeepAliveCount = Number(value) },
        ["tcp_fin_timeout"] = (settings, value) => settings with { FinTimeout = Seconds(value) },
        ["tcp_challenge_ack_limit"] = (settings, value) => settings with { ChallengeAckLimit = Number(value) },
    };

    // How Linux cuts, paces or accounts for what it sends, and features that a script has to ask for on its sockets too.
    private static readonly HashSet<string> Harmless =
    [
        "tcp_min_tso_segs", "tcp_tso_win_divisor", "tcp_tso_rtt_log", "tcp_fack", "tcp_pacing_ss_ratio", "tcp_pacing_ca_ratio",
        "tcp_notsent_lowat", "tcp_fastopen", "tcp_fastopen_key", "tcp_no_metrics_save", "tcp_limit_output_bytes", "tcp_autocorking",
        "tcp_moderate_rcvbuf", "tcp_invalid_ratelimit", "tcp_mem", "tcp_max_syn_backlog", "tcp_thin_linear_timeouts", "tcp_retries1",
        "tcp_fwmark_accept", "tcp_abort_on_overflow", "tcp_ecn_fallback", "tcp_max_tw_buckets", "tcp_orphan_retries", "tcp_stdurg",
    ];

    public static StackSettings Apply(StackSettings settings, ShellCommand command)
    {
        if (RouteAttribute().Match(command.Text) is { Success: true } route)
        {
            throw new ScriptUnsupportedException(command.Line, $"routes with {route.Groups["name"].Value}");
        }

        if (StandardSetup().IsMatch(command.Text))
        {
            settings = ApplyStandardSetup(settings);
        }

        foreach (Match match in Assignment().Matches(Product().Replace(command.Text, Multiply)))
        {
            settings = Apply(settings, command.Line, match.Groups["name"].Value, match.Groups["value"].Value.Trim('"', '\'', ' '));
        }

        return InitialWindow().Match(command.Text) is { Success: true } window
            ? settings with { InitialCongestionWindow = Number(window.Groups["value"].Value) }
            : settings;
    }

    private static StackSettings Apply(StackSettings settings, int line, string name, string value)
    {
        try
        {
            return Known.TryGetValue(name, out var setter) ? setter(settings, value)
                : Harmless.Contains(name) ? settings
                : throw new ScriptUnsupportedException(line, $"the stack has nothing like {name}");
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw new ScriptUnsupportedException(line, $"{name}={value}: {exception.Message}");
        }
    }

    // What the defaults.sh beside public scripts sets where it differs from this stack's defaults.
    private static StackSettings ApplyStandardSetup(StackSettings settings) => settings with
    {
        ReceiveBuffer = new(4096, 540_000, 15 << 20),
        SendBuffer = new(4096, 256 << 10, 4 << 20),
        Timestamps = true,
        Sack = true,
        DuplicateSack = true,
        Ecn = 0,
        CongestionControl = "cubic",
        SlowStartAfterIdle = false,
        SynCookies = true,
        SynRetries = 5,
        SynAckRetries = 5,
        TailLossProbe = true,
        Rack = true,
    };

    // The shell's arithmetic, of which scripts use products.
    private static string Multiply(Match product) =>
        product.Groups["factors"].Value.Split('*').Aggregate(1L, (whole, factor) => whole * Number(factor)).ToString(CultureInfo.InvariantCulture);

    private static bool Switch(string value) => Number(value) != 0;

    private static int Number(string value) => int.Parse(value, NumberStyles.Integer, CultureInfo.InvariantCulture);

    private static TimeSpan Seconds(string value) => TimeSpan.FromSeconds(Number(value));

    private static BufferLimits Limits(string value)
    {
        var numbers = value.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return numbers.Length == 3
            ? new(Number(numbers[0]), Number(numbers[1]), Number(numbers[2]))
            : throw new FormatException("three numbers are needed");
    }

    // Of sysctl, of a file under /proc/sys, and of helpers that take either.
    [GeneratedRegex("""net[./]ipv[46][./](?<name>tcp_\w+)\s*=\s*(?<value>"[^"]*"|'[^']*'|[^\s;"']+)""")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\$\(\((?<factors>\s*\d{1,9}\s*(\*\s*\d{1,9}\s*){0,3})\)\)")]
    private static partial Regex Product();

    [GeneratedRegex(@"\binitcwnd\s+(?<value>\d{1,4})\b")]
    private static partial Regex InitialWindow();

    [GeneratedRegex(@"\bip\s+(-\d\s+)?(route|link|tcp_metrics)\s[^\n;]*\b(?<name>mtu|advmss|quickack|rto_min|rtt|features|congctl|initrwnd|reordering|cwnd|ssthresh)\b")]
    private static partial Regex RouteAttribute();

    [GeneratedRegex(@"\bdefaults\.sh\b")]
    private static partial Regex StandardSetup();
}
