using System.Diagnostics;
using Broadside.NetStack.Devices;
using static Broadside.NetStack.Tests.Devices.DeviceTesting;

namespace Broadside.NetStack.Tests.Devices;

public sealed class PcapWriterTests
{
    private static readonly TcpRepresentation Segment = new()
    {
        SourcePort = 1234,
        DestinationPort = 5000,
        SequenceNumber = new(1000),
        AcknowledgmentNumber = new(2000),
        Flags = TcpFlags.Ack | TcpFlags.Psh,
        Window = 512,
    };

    private readonly VirtualTime _time = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Tcpdump_reads_both_directions_of_either_link_layer(bool isEthernet)
    {
        DeviceTesting.RequireProgram("tcpdump");
        var path = Path.GetTempFileName();
        try
        {
            using (var link = new SimulatedLink(_time, linkLayer: isEthernet ? LinkLayer.Ethernet : LinkLayer.None))
            using (var device = new PcapWriter(link.A, File.Create(path), _time))
            {
                Assert.True(device.TrySend(Frame(isEthernet, link, isIPv6: false)));
                _time.Advance(TimeSpan.FromTicks(1_234_567));
                link.B.TrySend(Frame(isEthernet, link, isIPv6: true));
                Assert.Single(device.ReceiveAll());
            }

            var lines = RunTcpdump(path);
            Assert.Equal(2, lines.Length);
            Assert.Matches(
                @"^2026-01-02 03:04:05\.000000000 IP .*10\.0\.0\.1\.1234 > 10\.0\.0\.2\.5000: Flags \[P\.\], cksum 0x[0-9a-f]+ \(correct\), seq 1000:1011, ack 2000, win 512, length 11",
                lines[0]);
            Assert.Matches(
                @"^2026-01-02 03:04:05\.123456700 IP6 .*fd00::1\.1234 > fd00::2\.5000: .*\(correct\), seq 1000:1011, ack 2000, win 512, length 11",
                lines[1]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Many_frames_pass_through_the_bounded_buffer()
    {
        using var stream = new MemoryStream();
        using (var link = new SimulatedLink(_time, new() { MaximumSegmentedLength = 60_000 }))
        using (var device = new PcapWriter(link.A, stream, _time))
        {
            for (var number = 0; number < 1000; number++)
            {
                device.TrySend(Numbered(number, 1000));
            }
        }

        var bytes = stream.ToArray();
        Assert.Equal(24 + (1000 * 1016), bytes.Length);
        var numbers = Enumerable.Range(0, 1000);
        Assert.Equal(numbers, numbers.Select(number => BitConverter.ToInt32(bytes, 24 + (number * 1016) + 16)));
    }

    [Fact]
    public void A_full_disk_ends_the_capture_and_not_the_traffic()
    {
        using var link = new SimulatedLink(_time);
        using var device = new PcapWriter(link.A, new FullStream(), _time);
        for (var number = 0; number < 1000; number++)
        {
            Assert.True(device.TrySend(Numbered(number, 1000)));
        }

        Assert.IsType<IOException>(device.Failure);
        Assert.Equal(1000, link.B.ReceiveAll().Count);
    }

    private static byte[] Frame(bool isEthernet, SimulatedLink link, bool isIPv6)
    {
        var packet = TcpPacket(Segment, isIPv6, "Hello world"u8);
        var header = new byte[isEthernet ? EthernetFrame.HeaderLength : 0];
        if (isEthernet)
        {
            new EthernetRepresentation(link.B.MacAddress, link.A.MacAddress, isIPv6 ? EtherType.IPv6 : EtherType.IPv4).Emit(header);
        }

        return [.. header, .. packet];
    }

    private static string[] RunTcpdump(string path)
    {
        string[] arguments = ["-r", path, "-nn", "-tttt", "-vv", "-S", "--time-stamp-precision=nano"];
        using var process = Process.Start(new ProcessStartInfo("tcpdump", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["TZ"] = "UTC" },
        })!;
        var output = process.StandardOutput.ReadToEnd();
        var errors = process.StandardError.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(errors, line => Assert.StartsWith("reading from file", line, StringComparison.Ordinal));

        // A packet's second line is indented.
        return output.Replace("\n    ", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private sealed class FullStream : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("No space left on device");
    }
}
