using System.Net;
using Broadside.Channels;

namespace Broadside.Testing.Tests;

public class DatagramTests
{
    [Fact]
    public void A_datagram_arrives_and_is_answered()
    {
        using var laboratory = new Laboratory();
        var echo = Bind(laboratory.Server, out var server);
        echo.Received = (socket, datagram) => Assert.True(socket.TrySend(datagram.Bytes.Span, datagram.From));
        var answers = Bind(laboratory.Client, out var client);
        Assert.True(client.TrySend([1, 2, 3], server.LocalEndPoint.Serialize()));
        Assert.True(client.TrySend([], server.LocalEndPoint.Serialize()));
        laboratory.Network.RunUntilIdle();
        Assert.Equal([[1, 2, 3], []], answers.Payloads);
        Assert.Equal(client.LocalEndPoint.Serialize(), echo.Senders[0]);
        client.Close();
        client.Close();
        Assert.False(client.TrySend([1], server.LocalEndPoint.Serialize()));
        laboratory.Network.RunUntilIdle();
        Assert.Equal(1, answers.Closed);
        Assert.Throws<ArgumentException>(() => server.TrySend(new byte[65_508], server.LocalEndPoint.Serialize()));
    }

    [Fact]
    public void Too_long_a_datagram_is_dropped_and_counted()
    {
        using var laboratory = new Laboratory();
        var handler = Bind(laboratory.Server, out var server);
        Bind(laboratory.Client, out var client);
        client.TrySend(new byte[4_097], server.LocalEndPoint.Serialize());
        client.TrySend(new byte[4_096], server.LocalEndPoint.Serialize());
        laboratory.Network.RunUntilIdle();
        Assert.Single(handler.Payloads);
        Assert.Equal(1, laboratory.Server.Counters.DatagramsDropped);
        Assert.Equal(1, laboratory.Server.Counters.DatagramsReceived);
    }

    [Fact]
    public void Faults_lose_double_and_reorder()
    {
        using var laboratory = new Laboratory(new SimulatedNetworkOptions
        {
            Faults = new SimulatedFaultOptions { DatagramLoss = 0.1, DatagramDuplication = 0.1, DatagramReordering = 0.1 },
        });
        var handler = Bind(laboratory.Server, out var server);
        Bind(laboratory.Client, out var client);
        for (var number = 0; number < 250; number++)
        {
            Assert.True(client.TrySend([(byte)number], server.LocalEndPoint.Serialize()));
            laboratory.Network.Advance(TimeSpan.FromMicroseconds(10));
        }

        laboratory.Network.RunUntilIdle();
        int[] numbers = [.. handler.Payloads.Select(payload => (int)payload[0])];
        Assert.InRange(numbers.Distinct().Count(), 200, 245);
        Assert.InRange(numbers.Length - numbers.Distinct().Count(), 10, 50);
        Assert.NotEqual(numbers.Order(), numbers);
    }

    [Fact]
    public void A_flooded_sender_is_told()
    {
        using var laboratory = new Laboratory();
        Bind(laboratory.Client, out var client);
        var target = new IPEndPoint(IPAddress.Loopback, 9).Serialize();
        Assert.Contains(false, Enumerable.Range(0, 10).Select(_ => client.TrySend(new byte[60_000], target)).ToList());
        laboratory.Network.RunUntilIdle();
        Assert.True(client.TrySend(new byte[60_000], target));
    }

    [Fact]
    public void A_socket_whose_handler_throws_goes_on()
    {
        using var laboratory = new Laboratory();
        var handler = Bind(laboratory.Server, out var server);
        handler.Received = static (_, _) => throw new InvalidDataException("Bad bytes.");
        Bind(laboratory.Client, out var client);
        client.TrySend([1], server.LocalEndPoint.Serialize());
        laboratory.Network.RunUntilIdle();
        client.TrySend([2], server.LocalEndPoint.Serialize());
        laboratory.Network.RunUntilIdle();
        Assert.Equal([[1], [2]], handler.Payloads);
        Assert.Equal(0, handler.Closed);
    }

    private static RecordingDatagramHandler Bind(IoChannel channel, out ChannelDatagramSocket socket)
    {
        var handler = new RecordingDatagramHandler();
        socket = channel.BindDatagram(new IPEndPoint(IPAddress.Loopback, 0), new DatagramOptions(), handler);
        return handler;
    }

    private sealed class RecordingDatagramHandler : IDatagramHandler
    {
        public List<byte[]> Payloads { get; } = [];

        public List<SocketAddress> Senders { get; } = [];

        public int Closed { get; private set; }

        public Action<ChannelDatagramSocket, ReceivedDatagram>? Received { get; set; }

        public void OnReceived(ChannelDatagramSocket socket, ReadOnlySpan<ReceivedDatagram> batch)
        {
            foreach (var datagram in batch)
            {
                Payloads.Add(datagram.Bytes.Span.ToArray());
                Senders.Add(datagram.From);
                Received?.Invoke(socket, datagram);
            }
        }

        public void OnClosed(Exception? error)
        {
            Assert.Null(error);
            Closed++;
        }
    }
}
