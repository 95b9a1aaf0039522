using System.Net;

namespace Broadside.PacketScripts.Running;

/// <summary>What a script sets about the stack before it begins; null where it says nothing and the stack's own default holds.</summary>
internal sealed record StackSettings
{
    public required IPAddress LocalAddress { get; init; }

    public required IPAddress RemoteAddress { get; init; }

    public int MaximumTransmissionUnit { get; init; } = 1500;

    public bool? Timestamps { get; init; }

    public bool? Sack { get; init; }

    public bool? DuplicateSack { get; init; }

    public bool? WindowScaling { get; init; }

    /// <summary>As net.ipv4.tcp_ecn: 0 never, 1 asked for and granted, 2 granted.</summary>
    public int? Ecn { get; init; }

    /// <summary>reno or cubic.</summary>
    public string? CongestionControl { get; init; }

    public BufferLimits? ReceiveBuffer { get; init; }

    public BufferLimits? SendBuffer { get; init; }

    public int? InitialCongestionWindow { get; init; }

    public bool? TailLossProbe { get; init; }

    public bool? Rack { get; init; }

    public int? ReorderingThreshold { get; init; }

    public bool? ForwardRtoRecovery { get; init; }

    public bool? SlowStartAfterIdle { get; init; }

    public bool? SynCookies { get; init; }

    public int? SynRetries { get; init; }

    public int? SynAckRetries { get; init; }

    public int? Retries { get; init; }

    public TimeSpan? KeepAliveIdle { get; init; }

    public TimeSpan? KeepAliveInterval { get; init; }

    public int? KeepAliveCount { get; init; }

    public TimeSpan? FinTimeout { get; init; }

    public int? ChallengeAckLimit { get; init; }
}

/// <summary>A buffer's least, first and largest size.</summary>
internal readonly record struct BufferLimits(int Minimum, int Default, int Maximum);
