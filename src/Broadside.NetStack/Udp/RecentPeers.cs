using Broadside.NetStack.Network;

namespace Broadside.NetStack.Udp;

/// <summary>To whom datagrams were sent lately: only of such can anybody have genuine news. Of fixed size; newer ones displace older.</summary>
internal sealed class RecentPeers(KeyedHash secret)
{
    /// <summary>How long after a datagram its errors are believed.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private const int Size = 1024;

    private readonly (ulong Hash, TimeSpan SentAt)[] _peers = new (ulong, TimeSpan)[Size];

    public void OnSent(UdpEndpoint local, UdpEndpoint remote, TimeSpan now)
    {
        var hash = Hash(local.Port, remote);
        _peers[hash % Size] = (hash, now);
    }

    public bool Contains(ushort localPort, UdpEndpoint remote, TimeSpan now)
    {
        var hash = Hash(localPort, remote);
        var (sent, sentAt) = _peers[hash % Size];
        return sent == hash && now - sentAt < Lifetime;
    }

    private ulong Hash(ushort localPort, UdpEndpoint remote)
    {
        var ports = 1 | ((ulong)localPort << 16) | ((ulong)remote.Port << 32);
        return remote.Address.IsIPv4
            ? secret.Fast(remote.Address.AsIPv4().Value, ports)
            : secret.Fast(remote.Address.AsIPv6().High, remote.Address.AsIPv6().Low, ports);
    }
}
