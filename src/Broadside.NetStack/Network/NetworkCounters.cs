using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>Counts for metrics, by event and by defect. Read from other threads they may be a little old.</summary>
internal sealed class NetworkCounters
{
    private readonly long[] _events = new long[Enum.GetValues<NetworkCounter>().Length];
    private readonly long[] _refused = new long[Enum.GetValues<PacketDefect>().Length];

    public long this[NetworkCounter counter] => Volatile.Read(ref _events[(int)counter]);

    /// <summary>How many packets were refused for a defect.</summary>
    public long this[PacketDefect defect] => Volatile.Read(ref _refused[(int)defect]);

    public void Count(NetworkCounter counter) => _events[(int)counter]++;

    public void Refuse(PacketDefect defect) => _refused[(int)defect]++;
}
