using Broadside.NetStack.Network;

namespace Broadside.NetStack.Tests.Network;

public sealed class KeyedHashTests
{
    private static readonly KeyedHash Reference = new(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908);

    [Fact]
    public void Secure_hashes_are_those_of_the_reference_vectors()
    {
        Assert.Equal(0x726F_DB47_DD0E_0E31UL, Reference.Secure());
        Assert.Equal(0x93F5_F579_9A93_2462UL, Reference.Secure(0x0706_0504_0302_0100));
        Assert.Equal(0x3F2A_CC7F_57C2_9BDBUL, Reference.Secure(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908));
    }

    [Fact]
    public void Fast_hashes_are_those_of_the_reference_vectors() => Assert.Equal(0xABAC_0158_050F_C4DCUL, Reference.Fast());

    [Fact]
    public void Keys_are_never_the_same() => Assert.NotEqual(KeyedHash.Create(), KeyedHash.Create());

    [Fact]
    public void Each_bit_of_a_flow_counts()
    {
        var random = new Random(11);
        var flow = Flows.Random(random, ipv6: true);
        var hash = Reference.Fast(flow);
        Assert.NotEqual(hash, Reference.Fast(flow with { LocalPort = (ushort)(flow.LocalPort ^ 1) }));
        Assert.NotEqual(hash, Reference.Fast(flow with { RemotePort = (ushort)(flow.RemotePort ^ 0x8000) }));
        Assert.NotEqual(hash, Reference.Fast(flow with { Local = flow.Remote, Remote = flow.Local }));
        Assert.NotEqual(Reference.Secure(flow, 1), Reference.Secure(flow, 2));
    }
}
