using System.Net;
using Broadside.NetStack.Network;
using Broadside.NetStack.Steering;
using Broadside.NetStack.Tests.Network;

namespace Broadside.NetStack.Tests.Steering;

public sealed class ToeplitzHashTests
{
    private readonly ToeplitzHash _hash = new(ToeplitzHash.MicrosoftKey);

    [Theory]
    [InlineData("161.142.100.80:1766", "66.9.149.187:2794", 0x323E8FC2, 0x51CCC178)]
    [InlineData("65.69.140.83:4739", "199.92.111.2:14230", 0xD718262A, 0xC626B0EA)]
    [InlineData("12.22.207.184:38024", "24.19.198.95:12898", 0xD2D0A5DE, 0x5C2B394A)]
    [InlineData("209.142.163.6:2217", "38.27.205.30:48228", 0x82989176, 0xAFC7327F)]
    [InlineData("202.188.127.2:1303", "153.39.163.191:44251", 0x5D1809C5, 0x10E828A2)]
    [InlineData("[3ffe:2501:200:3::1]:1766", "[3ffe:2501:200:1fff::7]:2794", 0x2CC18CD5, 0x40207D3D)]
    [InlineData("[ff02::1]:4739", "[3ffe:501:8::260:97ff:fe40:efab]:14230", 0x0F0C461C, 0xDDE51BBF)]
    [InlineData("[fe80::200:f8ff:fe21:67cf]:38024", "[3ffe:1900:4545:3:200:f8ff:fe21:67cf]:44251", 0x4B61E985, 0x02D1FEEF)]
    public void Hashes_are_those_of_microsofts_verification_suite(string destination, string source, uint addresses, uint flow)
    {
        var (local, remote) = (IPEndPoint.Parse(destination), IPEndPoint.Parse(source));
        var (to, from) = (NetworkAddress.From(local.Address), NetworkAddress.From(remote.Address));
        Assert.Equal(addresses, _hash.OfAddresses(from, to));
        Assert.Equal(flow, _hash.OfFlow(new(to, (ushort)local.Port, from, (ushort)remote.Port)));
    }

    [Fact]
    public void With_the_symmetric_key_both_directions_hash_alike()
    {
        var symmetric = new ToeplitzHash(ToeplitzHash.SymmetricKey);
        var random = new Random(2);
        for (var index = 0; index < 1_000; index++)
        {
            var flow = Flows.Random(random, ipv6: index % 2 == 0);
            var back = new Flow(flow.Remote, flow.RemotePort, flow.Local, flow.LocalPort);
            Assert.Equal(symmetric.OfFlow(flow), symmetric.OfFlow(back));
            Assert.Equal(symmetric.OfAddresses(flow.Local, flow.Remote), symmetric.OfAddresses(flow.Remote, flow.Local));
            Assert.NotEqual(_hash.OfFlow(flow), _hash.OfFlow(back));
        }
    }
}
