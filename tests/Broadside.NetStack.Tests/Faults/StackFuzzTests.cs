using System.Globalization;
using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tests.Network;
using Broadside.NetStack.Tests.Tcp.Harness;
using Broadside.NetStack.Tests.Wire;

namespace Broadside.NetStack.Tests.Faults;

/// <summary>
/// Whatever packets come to a whole stack, nothing throws, nothing grows beyond its bounds, answers are few, and connections that the
/// forger cannot see go on unharmed. BROADSIDE_FUZZ_RUNS says how many are tried, BROADSIDE_FUZZ_SEED which.
/// </summary>
public sealed class StackFuzzTests
{
    private const int MaximumConnections = 64;
    private const int MaximumPending = 64;

    private static readonly int Runs = Setting("BROADSIDE_FUZZ_RUNS", 1_000_000);
    private static readonly int Seed = Setting("BROADSIDE_FUZZ_SEED", 11);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hostile_packets_are_survived_within_bounds_and_harm_no_other_connection(bool isIPv6)
    {
        using var world = new FaultWorld(
            new() { MaximumConnections = MaximumConnections, MaximumPendingConnections = MaximumPending, MaximumTimeWaits = 64 },
            serverNetwork: options => options with { MaximumPaths = 128, Reassembly = new() { MaximumBytes = 100_000 } });
        var acceptor = world.Server.Listen(80, new() { ReceiveBuffer = 64 * 1024 });
        var victim = world.Connect(acceptor, isIPv6: isIPv6);
        var random = new Random(Seed);
        var corpus = Capture(world, acceptor, isIPv6);
        var mutator = new PacketMutator(random, corpus);
        var packet = new byte[1 << 12];
        for (var run = 0; run < Runs / 2; run++)
        {
            var length = random.Next(50) == 0 ? Noise(random, packet) : mutator.Next(packet);
            if (random.Next(8) > 0)
            {
                Repair(packet.AsSpan(0, length));
            }

            if (!IsOf(victim.Client.Connection.Flow, packet.AsSpan(0, length)))
            {
                Survive(world, packet.AsSpan(0, length));
            }

            if (run % 50_000 == 0)
            {
                world.Exchange(victim.Client, victim.Server, 20_000);
            }
        }

        Assert.True(world.Server.Tcp.Counters.PassiveOpens > 1 && world.Server.Network.Counters[NetworkCounter.Delivered] > Runs / 8);
        world.Exchange(victim.Client, victim.Server, 100_000);
        foreach (var accepted in acceptor.Accepted)
        {
            accepted.Connection.Abort(world.Now);
        }

        world.RunFor(TimeSpan.FromMinutes(5));
        Assert.Equal((0, 0, 0), (world.Server.Tcp.ConnectionCount, world.Server.Tcp.PendingCount, world.Server.Network.Reassembler.Count));
        world.Close(victim.Client);
    }

    private static void Survive(FaultWorld world, ReadOnlySpan<byte> packet)
    {
        var before = world.Server.Tcp.Counters.SegmentsSent;
        try
        {
            world.Inject(packet);
            world.ToStrangers.Clear();
            if (world.Server.Tcp.Counters.SegmentsReceived % 16 == 0)
            {
                world.RunFor(TimeSpan.FromMilliseconds(10));
                world.ToStrangers.Clear();
            }
        }
        catch (Exception failure)
        {
            Assert.Fail($"Seed {Seed}: {Convert.ToHexStringLower(packet)}: {failure}");
        }

        // A window's worth of what a connection has to send is the most that one packet can set free.
        Assert.InRange(world.Server.Tcp.Counters.SegmentsSent - before, 0, 64);
        Assert.InRange(world.Server.Tcp.ConnectionCount, 0, MaximumConnections);
        Assert.InRange(world.Server.Tcp.PendingCount, 0, MaximumPending);
        Assert.InRange(world.Server.Network.PathCount, 0, 128);
        Assert.InRange(world.Server.Network.Reassembler.HeldBytes, 0, 100_000);
        Assert.InRange(world.Server.Arena.AllocatedBytes, 0, MaximumConnections * 256 * 1024);
    }

    // A handshake, data in both directions and an end, as the server receives them, and what else there is besides TCP.
    private static List<byte[]> Capture(FaultWorld world, TestAcceptor acceptor, bool isIPv6)
    {
        var corpus = new List<byte[]>();
        var loses = 0;
        world.Carries = packet =>
        {
            if (IsToServer(packet))
            {
                corpus.Add(packet);
            }

            return ++loses % 7 != 0;
        };
        for (var count = 0; count < 3; count++)
        {
            var (client, server) = world.Connect(acceptor, isIPv6: isIPv6);
            world.Exchange(client, server, 8_000);
            if (count == 0)
            {
                client.Connection.ShutdownSend();
                world.RunFor(TimeSpan.FromSeconds(5));
            }
        }

        world.Carries = _ => true;
        NetworkAddress from = isIPv6 ? world.Client.Address6 : world.Client.Address;
        NetworkAddress to = isIPv6 ? world.Server.Address6 : world.Server.Address;
        corpus.Add(Forged.Packet(from, to, InternetProtocol.Udp, Frames.Udp(from, to, new byte[100])));
        corpus.Add(isIPv6
            ? Forged.Packet(from, to, InternetProtocol.Icmpv6, Frames.EchoRequest6(1, new byte[50], from.AsIPv6(), to.AsIPv6()))
            : Forged.Packet(from, to, InternetProtocol.Icmp, Frames.EchoRequest(1, new byte[50])));
        return corpus;

        bool IsToServer(byte[] packet) => isIPv6
            ? packet[0] >> 4 == 6 && packet.AsSpan(24, 16).SequenceEqual(world.Server.Address6.ToIPAddress().GetAddressBytes())
            : packet[0] >> 4 == 4 && packet.AsSpan(16, 4).SequenceEqual(world.Server.Address.ToIPAddress().GetAddressBytes());
    }

    private static int Noise(Random random, Span<byte> packet)
    {
        var length = random.Next(1, 200);
        random.NextBytes(packet[..length]);
        packet[0] = random.Next(2) == 0 ? (byte)0x45 : (byte)0x60;
        return length;
    }

    // Makes the lengths and checksums right again, so that what was changed gets further than the first check.
    private static void Repair(Span<byte> packet)
    {
        if (packet.Length < 40)
        {
            return;
        }

        if (packet[0] >> 4 == 4)
        {
            packet.WriteUInt16(2, (ushort)packet.Length);
            var headerLength = Math.Clamp((packet[0] & 15) * 4, 20, packet.Length);
            packet.WriteUInt16(10, 0);
            packet.WriteUInt16(10, (ushort)~InternetChecksum.Sum(packet[..headerLength]));
            RepairTcp(packet, headerLength, packet[9], packet[12..20]);
        }
        else
        {
            packet.WriteUInt16(4, (ushort)(packet.Length - 40));
            RepairTcp(packet, 40, packet[6], packet[8..40]);
        }
    }

    private static void RepairTcp(Span<byte> packet, int offset, byte protocol, ReadOnlySpan<byte> addresses)
    {
        if (protocol != (byte)InternetProtocol.Tcp || packet.Length - offset < 20)
        {
            return;
        }

        var segment = packet[offset..];
        segment.WriteUInt16(16, 0);
        var bytes = new byte[addresses.Length + 4 + segment.Length];
        addresses.CopyTo(bytes);
        bytes[addresses.Length + 1] = protocol;
        ((Span<byte>)bytes).WriteUInt16(addresses.Length + 2, (ushort)segment.Length);
        segment.CopyTo(bytes.AsSpan(addresses.Length + 4));
        segment.WriteUInt16(16, (ushort)~InternetChecksum.Sum(bytes));
    }

    // The victim's packets cannot be seen by the forger; its ports he is taken to miss.
    private static bool IsOf(Flow flow, ReadOnlySpan<byte> packet)
    {
        Span<byte> port = [(byte)(flow.LocalPort >> 8), (byte)flow.LocalPort];
        return packet[..Math.Min(packet.Length, 140)].IndexOf(port) >= 0;
    }

    private static int Setting(string name, int usual) =>
        Environment.GetEnvironmentVariable(name) is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : usual;
}
