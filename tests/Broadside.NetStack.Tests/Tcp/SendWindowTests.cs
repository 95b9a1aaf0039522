using Broadside.NetStack.Tests.Tcp.Harness;

namespace Broadside.NetStack.Tests.Tcp;

public sealed class SendWindowTests
{
    /// <summary>RFC 9293 section 3.10.7.4, fifth: SND.WND counts from SND.UNA, so that one cannot move without the other.</summary>
    [Fact]
    public void An_acknowledgment_that_comes_with_bytes_sent_again_brings_its_window_with_it()
    {
        using var world = new TcpWorld();
        var (client, server) = world.Connect(client: new() { ReceiveBuffer = 4_000 });
        client.Reads = false;
        var ownSegments = new HashSet<uint>();
        var edge = default(SequenceNumber?);
        world.Carries = packet =>
        {
            var header = packet.Parse();
            if (packet.Source == world.Server.Network.Address)
            {
                Assert.True(edge is null || header.SequenceNumber + packet.PayloadLength <= edge, "The server sent beyond the window.");
                return true;
            }

            var isNew = packet.PayloadLength > 0 && ownSegments.Add(header.SequenceNumber.Value);
            var isFirst = packet.PayloadLength == 100;
            var isCarried = isFirst != isNew && packet.PayloadLength > 0;
            if (isCarried)
            {
                edge = header.AcknowledgmentNumber + header.Window;
            }

            return isCarried;
        };

        client.Send(new byte[100]);
        world.RunFor(TimeSpan.FromMilliseconds(1));
        client.Send(new byte[200]);
        server.Send(new byte[20_000]);
        world.Run(() => server.Received.Length == 300, "the first segment to be sent again");
        world.RunFor(TimeSpan.FromMilliseconds(100));
        Assert.InRange(client.Connection.ReadableLength, 2_000, 4_000);
    }
}
