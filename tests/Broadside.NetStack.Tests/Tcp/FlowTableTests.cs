using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tests.Network;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.NetStack.Tests.Tcp;

public sealed class FlowTableTests
{
    private static readonly KeyedHash Hash = new(1, 2);

    [Fact]
    public void A_table_holds_what_a_dictionary_would()
    {
        // Small tables, so that runs of neighbours form, wrap around and close.
        var steps = Gen.Choose(0, 2).SelectMany(_ => Flows.Few, (kind, flow) => (Kind: kind, Flow: flow)).ArrayOf().ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithEndSize(300), Prop.ForAll(steps, Gen.Choose(1, 40).ToArbitrary(), (run, capacity) =>
        {
            var table = new FlowTable<object>(capacity, Hash);
            var expected = new Dictionary<Flow, object>();
            foreach (var (kind, flow) in run)
            {
                if (kind == 0)
                {
                    Assert.Equal(expected.Remove(flow), table.Remove(flow));
                }
                else
                {
                    var value = new object();
                    var room = expected.Count < capacity;
                    Assert.Equal(room && expected.TryAdd(flow, value), table.TryAdd(flow, value));
                }

                Assert.Equal((expected.Count, expected.Count == capacity), (table.Count, table.IsFull));
                Assert.Equal(expected.GetValueOrDefault(flow), table.Find(flow));
            }

            Assert.All(expected, entry => Assert.Same(entry.Value, table.Find(entry.Key)));
            Assert.Equal(expected.Values.ToHashSet(), table.Values.ToHashSet());
        }));
    }

    [Fact]
    public void A_full_table_finds_all_it_holds_and_takes_no_more()
    {
        var random = new Random(3);
        var table = new FlowTable<object>(10_000, Hash);
        var flows = Enumerable.Range(0, 10_000).Select(index => Flows.Random(random, index % 2 == 0)).ToArray();
        Assert.All(flows, flow => Assert.True(table.TryAdd(flow, flow)));
        Assert.False(table.TryAdd(Flows.Random(random), random));
        Assert.All(flows, flow => Assert.Equal(flow, table.Find(flow)));
        Assert.All(flows, flow => Assert.True(table.Remove(flow)));
        Assert.Empty(table.Values);
    }

    [Fact]
    public void A_mapped_address_is_no_other_flow_than_its_own()
    {
        var table = new FlowTable<string>(8, Hash);
        var ipv4 = new Flow(new IPv4Address(1), 1, new IPv4Address(2), 2);
        var ipv6 = new Flow(new IPv6Address(0, 1), 1, new IPv6Address(0, 2), 2);
        Assert.True(table.TryAdd(ipv4, "IPv4"));
        Assert.Null(table.Find(ipv6));
        Assert.True(table.TryAdd(ipv6, "IPv6"));
        Assert.Equal("IPv4", table.Find(ipv4));
    }
}
