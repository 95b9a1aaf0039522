using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <summary>
/// Chooses the local ports of outgoing connections by double hashing (RFC 6056 section 3.3.4): hard to guess for others, and to one
/// remote endpoint each in turn, so that a port is reused as late as can be.
/// </summary>
internal sealed class EphemeralPorts
{
    // Small tables let a remote site recognise a host by which of its counters others have moved; 2^16 of them do not (as in Linux).
    private const int TableSize = 1 << 16;

    private readonly KeyedHash _secret;
    private readonly PortRange _range;
    private readonly Predicate<Flow> _isUsable;
    private readonly ushort[] _counters = new ushort[TableSize];

    /// <summary>Begins with no port used.</summary>
    /// <param name="secret">The key of both hashes.</param>
    /// <param name="range">Which ports.</param>
    /// <param name="isUsable">Whether the flow that a port makes is free, and this channel's where flows are steered.</param>
    public EphemeralPorts(KeyedHash secret, PortRange range, Predicate<Flow> isUsable)
    {
        ArgumentOutOfRangeException.ThrowIfZero(range.First);
        ArgumentOutOfRangeException.ThrowIfLessThan(range.Last, range.First);
        _secret = secret;
        _range = range;
        _isUsable = isUsable;
    }

    /// <summary>Chooses a port, trying each at most once; false if none is usable.</summary>
    public bool TryChoose(NetworkAddress local, NetworkAddress remote, ushort remotePort, out Flow flow)
    {
        // F and G: two halves of one hash.
        var count = _range.Count;
        var hash = _secret.Secure(new Flow(local, 0, remote, remotePort), 0);
        var offset = (int)((uint)hash % (uint)count);
        ref var counter = ref _counters[(hash >> 32) % TableSize];
        for (var attempt = 0; attempt < count; attempt++)
        {
            flow = new(local, (ushort)(_range.First + ((offset + counter) % count)), remote, remotePort);
            counter = (ushort)((counter + 1) % count);
            if (_isUsable(flow))
            {
                return true;
            }
        }

        flow = default;
        return false;
    }
}
