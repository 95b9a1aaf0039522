using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Udp;

/// <summary>Counts for metrics.</summary>
internal sealed class UdpCounters
{
    private readonly long[] _refused = new long[Enum.GetValues<PacketDefect>().Length];

    public long Received { get; set; }

    /// <summary>Datagrams for ports that nobody is bound to.</summary>
    public long NoSocket { get; set; }

    public long Sent { get; set; }

    /// <summary>Datagrams that were not sent: too long, no route, or no room.</summary>
    public long NotSent { get; set; }

    public long ErrorsReported { get; set; }

    /// <summary>How many datagrams were refused for a defect.</summary>
    public long this[PacketDefect defect] => _refused[(int)defect];

    public void Refuse(PacketDefect defect) => _refused[(int)defect]++;
}
