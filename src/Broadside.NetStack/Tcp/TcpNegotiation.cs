using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <summary>What the two SYNs of a connection offer, and after both what they agree on.</summary>
internal readonly record struct TcpNegotiation
{
    /// <summary>What a peer takes that names no maximum (RFC 9293 section 3.7.1).</summary>
    private const int DefaultSegmentSizeIPv4 = 536;
    private const int DefaultSegmentSizeIPv6 = 1220;

    /// <summary>Less than this no sane peer asks for; taken literally it would have us send mostly headers.</summary>
    private const int SmallestSegmentSize = 48;

    /// <summary>The largest segment we ask for.</summary>
    public int ReceiveSegmentSize { get; init; }

    /// <summary>The largest segment the peer asks for, options included (RFC 6691).</summary>
    public int PeerSegmentSize { get; init; }

    /// <summary>By how many bits the peer's windows are shifted; null without window scaling.</summary>
    public byte? SendScale { get; init; }

    public bool SackPermitted { get; init; }

    public bool HasTimestamps { get; init; }

    public bool HasEcn { get; init; }

    /// <summary>What an active opener offers.</summary>
    public static TcpNegotiation Offer(TcpSettings settings, TcpConnectionOptions options, NetworkPath path) => new()
    {
        ReceiveSegmentSize = OfferedSegmentSize(options, path),
        PeerSegmentSize = DefaultSegmentSize(path),
        SendScale = settings.WindowScaling ? (byte)0 : null,
        SackPermitted = settings.SelectiveAcknowledgments,
        HasTimestamps = settings.Timestamps,
        HasEcn = settings.Ecn == EcnNegotiation.Always,
    };

    /// <summary>What is agreed on with a peer whose SYN has these options: what both offer.</summary>
    public TcpNegotiation Answer(in TcpOptions peer, bool peerHasEcn) => this with
    {
        PeerSegmentSize = Math.Max(SmallestSegmentSize, peer.MaximumSegmentSize ?? PeerSegmentSize),
        SendScale = SendScale is null ? null : peer.WindowScale,
        SackPermitted = SackPermitted && peer.SackPermitted,
        HasTimestamps = HasTimestamps && peer.Timestamps is not null,
        HasEcn = HasEcn && peerHasEcn,
    };

    /// <summary>The largest segment to ask for (RFC 9293 section 3.7.1): what the link carries without IP and TCP options.</summary>
    public static int OfferedSegmentSize(TcpConnectionOptions options, NetworkPath path)
    {
        var size = path.LinkMaximumTransmissionUnit - path.NetworkHeaderLength - TcpSegment.MinimumHeaderLength;
        return Math.Clamp(Math.Min(size, options.MaximumSegmentSize ?? size), SmallestSegmentSize, ushort.MaxValue);
    }

    /// <summary>How much payload a full segment holds now: Eff.snd.MSS of RFC 9293 section 3.7.1 without the options that all segments have.</summary>
    public int EffectiveSegmentSize(TcpConnectionOptions options, NetworkPath path)
    {
        var size = path.MaximumTransmissionUnit - path.NetworkHeaderLength - TcpSegment.MinimumHeaderLength;
        size = Math.Min(size, Math.Min(PeerSegmentSize, options.MaximumSegmentSize ?? int.MaxValue));
        return Math.Max(SmallestSegmentSize, size) - OptionsLength;
    }

    private int OptionsLength => HasTimestamps ? 12 : 0;

    private static int DefaultSegmentSize(NetworkPath path) => path.Local.IsIPv4 ? DefaultSegmentSizeIPv4 : DefaultSegmentSizeIPv6;
}
