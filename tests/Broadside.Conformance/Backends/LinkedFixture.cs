using Broadside.NetStack;

namespace Broadside.Conformance.Backends;

/// <summary>Two channels that are the two ends of a link between two hosts, at least one of them with a stack of its own.</summary>
public abstract class LinkedFixture : RealTimeFixture
{
    private const int PrefixLength = 24;

    public override bool ConnectsAcross => true;

    public override EndPoint ListenEndPoint => new IPEndPoint(AddressOf(0), 0);

    /// <summary>The first channel's address, where nobody listens on the port.</summary>
    public override EndPoint RefusingEndPoint => new IPEndPoint(AddressOf(0), 9);

    public override bool HasUnixSockets => false;

    public override bool UsesSockets => false;

    public override bool UsesDescriptors => false;

    public override bool DefersAccepts => true;

    public override bool ChannelsShareAddresses => false;

    public override EndPoint ListenEndPointOf(IoChannel channel) => new IPEndPoint(AddressOf(channel.Index), 0);

    /// <summary>An address on the link that neither end has: both drop what comes for it.</summary>
    public override SilentPeer CreateSilentPeer() => new(new IPEndPoint(AddressOf(76), 80), []);

    /// <summary>The address of a channel, by its number.</summary>
    protected static IPAddress AddressOf(int index) => new([10, 9, 0, (byte)(index + 1)]);

    private protected static NetStackOptions OptionsOf(int index) => new()
    {
        Device = "linked",
        Addresses = [new NetStackAddress(AddressOf(index), PrefixLength)],
        MaximumConnections = 8192,
    };
}
