using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tests.Network;

namespace Broadside.NetStack.Tests.Tcp;

[Collection(AllocationTests.Name)]
public sealed class TcpSupportAllocationTests
{
    private readonly KeyedHash _hash = new(1, 2);
    private readonly Flow _flow = Flows.Random(new Random(1), ipv6: true);

    [Fact]
    public void Finding_adding_and_removing_flows_allocates_nothing()
    {
        var table = new FlowTable<object>(100, _hash);
        var value = new object();
        AllocationTests.AssertNone(() =>
        {
            table.TryAdd(_flow, value);
            table.Find(_flow);
            table.Remove(_flow);
        });
    }

    [Fact]
    public void Numbers_ports_and_cookies_allocate_nothing()
    {
        var numbers = new InitialSequenceNumbers(_hash);
        var ports = new EphemeralPorts(_hash, PortRange.Ephemeral, flow => flow.LocalPort % 4 == 0);
        var cookies = new SynCookies(() => _hash);
        AllocationTests.AssertNone(() =>
        {
            numbers.For(_flow, default);
            numbers.TimestampOffset(_flow);
            ports.TryChoose(_flow.Local, _flow.Remote, 80, out _);
            var cookie = cookies.Create(_flow, default, default, false, 0, default);
            cookies.TryValidate(_flow, default, cookie.SequenceNumber, null, default, out _);
        });
    }
}
