using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>What tests of devices do again and again.</summary>
internal static class DeviceTesting
{
    public static bool TrySend(this PacketDevice device, ReadOnlySpan<byte> frame) =>
        device.TryTransmit(new OutgoingFrame { Headers = frame });

    /// <summary>Skips a test whose program is not installed, or fails it when BROADSIDE_REQUIRE_ALL is 1.</summary>
    public static void RequireProgram(string name)
    {
        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        Require(directories.Any(directory => File.Exists(Path.Combine(directory, name))), $"{name} is not installed.");
    }

    public static void RequireRoot(string why) => Require(Environment.IsPrivilegedProcess, $"It {why}, which needs root.");

    private static void Require(bool present, string reason)
    {
        Assert.False(!present && Environment.GetEnvironmentVariable("BROADSIDE_REQUIRE_ALL") == "1", reason);
        Assert.SkipUnless(present, reason);
    }

    /// <summary>All that has arrived by now.</summary>
    public static List<byte[]> ReceiveAll(this PacketDevice device, int burstLength = 16)
    {
        var frames = new List<byte[]>();
        var burst = new ReceivedFrame[burstLength];
        for (var count = device.Receive(burst); count > 0; count = device.Receive(burst))
        {
            foreach (var frame in burst.AsSpan(0, count))
            {
                frames.Add(frame.Bytes.ToArray());
            }
        }

        return frames;
    }

    /// <summary>All that arrives, with the time going on from one arrival to the next, and when it does.</summary>
    public static List<(long Time, byte[] Frame)> ReceiveUntilIdle(this PacketDevice device, VirtualTime time)
    {
        var arrivals = new List<(long, byte[])>();
        while (true)
        {
            arrivals.AddRange(device.ReceiveAll().Select(frame => (time.Now, frame)));
            if (device.NextDue == long.MaxValue)
            {
                return arrivals;
            }

            time.MoveTo(Math.Max(time.Now, device.NextDue));
        }
    }

    /// <summary>An Ethernet frame with nothing meaningful in it.</summary>
    public static byte[] Ethernet(MacAddress source, MacAddress destination, int payloadLength = 46, byte fill = 0)
    {
        var frame = new byte[EthernetFrame.HeaderLength + payloadLength];
        frame.AsSpan(EthernetFrame.HeaderLength).Fill(fill);
        new EthernetRepresentation(destination, source, (EtherType)0x88B5).Emit(frame);
        return frame;
    }

    /// <summary>A packet without a link header that says nothing but its number.</summary>
    public static byte[] Numbered(int number, int length = 100)
    {
        var packet = new byte[length];
        BitConverter.TryWriteBytes(packet, number);
        return packet;
    }

    public static int Number(byte[] packet) => BitConverter.ToInt32(packet);

    /// <summary>A TCP segment in an IP packet, checksums and all.</summary>
    public static byte[] TcpPacket(TcpRepresentation tcp, bool isIPv6, ReadOnlySpan<byte> payload, EcnCodepoint ecn = default)
    {
        NetworkAddress source = isIPv6 ? new IPv6Address(0xFD00_0000_0000_0000, 1) : new IPv4Address(0x0A00_0001);
        NetworkAddress destination = isIPv6 ? new IPv6Address(0xFD00_0000_0000_0000, 2) : new IPv4Address(0x0A00_0002);
        var networkLength = isIPv6 ? IPv6Representation.HeaderLength : IPv4Representation.HeaderLength;
        var packet = new byte[networkLength + tcp.HeaderLength + payload.Length];
        if (isIPv6)
        {
            new IPv6Representation
            {
                SourceAddress = source.AsIPv6(),
                DestinationAddress = destination.AsIPv6(),
                NextHeader = InternetProtocol.Tcp,
                PayloadLength = packet.Length - networkLength,
                Ecn = ecn,
            }.Emit(packet);
        }
        else
        {
            new IPv4Representation
            {
                SourceAddress = source.AsIPv4(),
                DestinationAddress = destination.AsIPv4(),
                Protocol = InternetProtocol.Tcp,
                PayloadLength = packet.Length - networkLength,
                Identification = 0xFFFE,
                Ecn = ecn,
            }.Emit(packet);
        }

        payload.CopyTo(packet.AsSpan(networkLength + tcp.HeaderLength));
        tcp.Emit(packet.AsSpan(networkLength), PseudoHeader.Between(source, destination, InternetProtocol.Tcp), PayloadSum.Of(payload));
        return packet;
    }

    public static bool HasValidChecksums(byte[] packet) =>
        IPv4Packet.TryParse(packet, out var packet4, out _)
            ? packet4.HasValidChecksum
                && PseudoHeader.Between(packet4.SourceAddress, packet4.DestinationAddress, packet4.Protocol).Validates(packet4.Payload)
            : IPv6Packet.TryParse(packet, out var packet6, out _)
                && PseudoHeader.Between(packet6.SourceAddress, packet6.DestinationAddress, packet6.NextHeader).Validates(packet6.Payload);
}
