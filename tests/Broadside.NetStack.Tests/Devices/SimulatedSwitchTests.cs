using Broadside.NetStack.Devices;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.NetStack.Tests.Devices;

public sealed class SimulatedSwitchTests
{
    [Fact]
    public void Addresses_are_locally_administered_and_differ()
    {
        using var wire = new SimulatedSwitch(new VirtualTime());
        var addresses = Enumerable.Range(0, 300).Select(_ => wire.AddPort().MacAddress).ToList();
        Assert.Equal(300, addresses.Distinct().Count());
        Assert.All(addresses, address => Assert.True(!address.IsGroup && (address.Value >> 41 & 1) == 1));
    }

    [Fact]
    public void What_is_for_an_unknown_station_goes_everywhere_and_for_a_known_one_only_there()
    {
        using var wire = new SimulatedSwitch(new VirtualTime());
        var (a, b, c) = (wire.AddPort(), wire.AddPort(), wire.AddPort());
        a.Send(DeviceTesting.Ethernet(a.MacAddress, b.MacAddress));
        Assert.Equal((0, 1, 1), (a.ReceiveAll().Count, b.ReceiveAll().Count, c.ReceiveAll().Count));

        b.Send(DeviceTesting.Ethernet(b.MacAddress, a.MacAddress));
        a.Send(DeviceTesting.Ethernet(a.MacAddress, b.MacAddress));
        Assert.Equal((1, 1, 0), (a.ReceiveAll().Count, b.ReceiveAll().Count, c.ReceiveAll().Count));
        Assert.Equal(1, wire.Flooded);
    }

    [Fact]
    public void A_group_is_everyone_but_the_sender()
    {
        using var wire = new SimulatedSwitch(new VirtualTime());
        var ports = Enumerable.Range(0, 5).Select(_ => wire.AddPort()).ToList();
        ports[2].Send(DeviceTesting.Ethernet(ports[2].MacAddress, MacAddress.Broadcast));
        Assert.Equal([1, 1, 0, 1, 1], ports.Select(port => port.ReceiveAll().Count));
    }

    [Fact]
    public void A_station_that_moves_is_followed()
    {
        using var wire = new SimulatedSwitch(new VirtualTime());
        var (a, b, c) = (wire.AddPort(), wire.AddPort(), wire.AddPort());
        var station = new MacAddress(0x0200_0000_FFFF);
        b.Send(DeviceTesting.Ethernet(station, MacAddress.Broadcast));
        c.Send(DeviceTesting.Ethernet(station, MacAddress.Broadcast));
        a.ReceiveAll();
        b.ReceiveAll();
        c.ReceiveAll();
        a.Send(DeviceTesting.Ethernet(a.MacAddress, station));
        Assert.Equal((0, 1), (b.ReceiveAll().Count, c.ReceiveAll().Count));
    }

    [Fact]
    public void A_frame_too_short_for_Ethernet_goes_nowhere()
    {
        using var wire = new SimulatedSwitch(new VirtualTime());
        var (a, b) = (wire.AddPort(), wire.AddPort());
        Assert.True(a.TrySend(new byte[EthernetFrame.HeaderLength - 1]));
        Assert.Empty(b.ReceiveAll());
    }

    /// <summary>Against a model that remembers who was heard where: whoever a frame is for has it once, in the order of sending.</summary>
    [Fact]
    public void Frames_arrive_once_in_order_and_where_they_should()
    {
        var sends = Gen.Choose(0, 3).Two().Select(pair => (From: pair.Item1, To: pair.Item2)).ListOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(sends.ToArbitrary(), list =>
        {
            using var wire = new SimulatedSwitch(new VirtualTime());
            var ports = Enumerable.Range(0, 4).Select(_ => wire.AddPort()).ToList();
            var heard = new HashSet<int>();
            var expected = ports.Select(_ => new List<byte>()).ToList();
            foreach (var ((from, to), index) in list.Select((send, index) => (send, index)))
            {
                ports[from].Send(DeviceTesting.Ethernet(ports[from].MacAddress, ports[to].MacAddress, fill: (byte)index));
                heard.Add(from);
                foreach (var port in Enumerable.Range(0, 4).Where(port => port != from && (!heard.Contains(to) || port == to)))
                {
                    expected[port].Add((byte)index);
                }
            }

            return ports.Zip(expected).All(pair => pair.First.ReceiveAll().Select(frame => frame[^1]).SequenceEqual(pair.Second));
        }));
    }
}
