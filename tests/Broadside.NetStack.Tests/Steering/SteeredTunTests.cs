using System.Net;
using System.Net.Sockets;
using Broadside.NetStack.Devices;
using Broadside.NetStack.Steering;
using Broadside.NetStack.Tests.Devices;

namespace Broadside.NetStack.Tests.Steering;

/// <summary>Two channels over one TUN interface, and clients of the kernel's.</summary>
public sealed class SteeredTunTests
{
    private const int Clients = 60;
    private const int Length = 200_000;

    [Fact]
    public async Task Channels_share_the_kernels_connections()
    {
        Requirement.Tun();
        using var space = NetworkNamespace.Create();
        var group = new SteeringGroup(() => space.Run(() => TunDevice.Open("bs0")));
        var options = new NetStackOptions { Device = "tun:bs0", Addresses = [new NetStackAddress(IPAddress.Parse("10.9.0.2"), 24)] };
        await using var engine = new RecordEngine(
            new NetStackBackend(_ => new NetworkAttachment(group.Add(), options)), new EngineOptions { Channels = 2 });
        space.Ip("address add 10.9.0.1/24 dev bs0");
        space.Ip("link set bs0 up");
        var endPoint = IPEndPoint.Parse("10.9.0.2:7000");
        await using var listener = await engine.ListenAsync(endPoint, Framers.LengthPrefixed(4), async connection =>
        {
            await foreach (var record in connection.ReadAllAsync())
            {
                using (record)
                {
                    connection.Send(record);
                }
            }
        });
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(number => EchoAsync(space, endPoint, (byte)number)));
        Assert.All(engine.Channels, channel => Assert.True(channel.Counters.Accepts > 0));
        Assert.Equal(Clients, engine.Channels.Sum(channel => channel.Counters.Accepts));
    }

    private static async Task EchoAsync(NetworkNamespace space, IPEndPoint endPoint, byte value)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var socket = space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await socket.ConnectAsync(endPoint, limit.Token);
        var sent = new byte[sizeof(uint) + Length];
        sent.AsSpan().Fill(value);
        ((Span<byte>)sent).WriteUInt32(0, Length);
        var sending = socket.SendAsync(sent, limit.Token).AsTask();
        var received = new byte[sent.Length];
        for (var count = 0; count < received.Length;)
        {
            var more = await socket.ReceiveAsync(received.AsMemory(count), limit.Token);
            Assert.NotEqual(0, more);
            count += more;
        }

        await sending;
        Assert.True(received.AsSpan().SequenceEqual(sent));
    }
}
